//! What the crate brings with it.

use std::process::Command;

#[test]
fn questions_of_dns_bring_no_library_of_tls() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--package", "hosts", "--edges", "normal,build", "--prefix", "none", "--format", "{lib}", "--offline"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    let crates: Vec<&str> = tree.lines().collect();
    assert!(crates.contains(&"hickory_resolver"), "the tree was read: {tree}");
    for unwanted in ["rustls", "tokio_rustls", "native_tls", "openssl", "openssl_sys", "ring", "aws_lc_rs", "quinn", "h2", "reqwest"] {
        assert!(!crates.contains(&unwanted), "{unwanted} came in");
    }
}
