//! HTML read the way browsers read it, as far as pages need: which elements there are, with which attributes, and what is text.

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its name in small letters.
    pub name: String,
    /// Its attributes as they follow each other: names in small letters, values with their references resolved.
    pub attributes: Vec<(String, String)>,
    /// The bare text of an element whose content is no HTML: a script, a style.
    pub raw: String,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(attribute, _)| attribute == name).map(|(_, value)| value.as_str())
    }
}

/// Elements whose content is no HTML, to their end tag.
const RAW: [&str; 6] = ["script", "style", "xmp", "iframe", "noembed", "noframes"];
/// Elements whose content is text with references, to their end tag.
const TEXT: [&str; 2] = ["textarea", "title"];

/// The start tags of a page in their order.
pub fn elements(page: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            // A comment may also end at once: `<!-->`, `<!--->`.
            rest = if comment.starts_with('>') || comment.starts_with("->") {
                comment.split_once('>').map_or("", |(_, after)| after)
            } else {
                let ends = [comment.find("-->").map(|at| at + 3), comment.find("--!>").map(|at| at + 4)];
                ends.into_iter().flatten().min().map_or("", |end| &comment[end..])
            };
        } else if rest.starts_with(['!', '?']) || rest.starts_with('/') && !starts_with_letter(&rest[1..]) {
            rest = rest.split_once('>').map_or("", |(_, after)| after);
        } else if let Some(tag) = rest.strip_prefix('/') {
            rest = tag_of(tag).1;
        } else if starts_with_letter(rest) {
            let (mut element, after) = tag_of(rest);
            rest = after;
            if RAW.contains(&element.name.as_str()) || TEXT.contains(&element.name.as_str()) {
                let end = end_of(rest, &element.name);
                if RAW.contains(&element.name.as_str()) {
                    rest[..end].clone_into(&mut element.raw);
                }
                rest = &rest[end..];
            }
            elements.push(element);
        }
        // Anything else after `<` is text.
    }
    elements
}

fn starts_with_letter(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
}

/// Where the end tag of an element begins.
fn end_of(text: &str, name: &str) -> usize {
    let small = text.to_ascii_lowercase();
    let wanted = format!("</{name}");
    let mut from = 0;
    while let Some(at) = small[from..].find(&wanted) {
        let after = small[from + at + wanted.len()..].chars().next();
        if after.is_none_or(|letter| letter.is_ascii_whitespace() || letter == '/' || letter == '>') {
            return from + at;
        }
        from += at + wanted.len();
    }
    text.len()
}

/// A tag from its name on, and what follows it.
fn tag_of(text: &str) -> (Element, &str) {
    let end = text.find(|letter: char| letter.is_ascii_whitespace() || letter == '/' || letter == '>').unwrap_or(text.len());
    let mut element = Element { name: text[..end].to_ascii_lowercase(), attributes: Vec::new(), raw: String::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        if rest.is_empty() {
            return (element, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (element, after);
        }
        // A name may begin with `=`.
        let begun = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[begun..]
            .find(|letter: char| letter.is_ascii_whitespace() || ['/', '>', '='].contains(&letter))
            .map_or(rest.len(), |at| begun + at);
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let after = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace());
        let Some(value) = after.strip_prefix('=') else {
            element.attributes.push((name, String::new()));
            continue;
        };
        let value = value.trim_start_matches(|letter: char| letter.is_ascii_whitespace());
        let (value, after) = if let Some(quote @ ('"' | '\'')) = value.chars().next() {
            value[1..].split_once(quote).unwrap_or((&value[1..], ""))
        } else {
            let end = value.find(|letter: char| letter.is_ascii_whitespace() || letter == '>').unwrap_or(value.len());
            value.split_at(end)
        };
        element.attributes.push((name, resolved(value)));
        rest = after;
    }
}

/// A text with its references resolved: the numbered ones, and the named ones that matter to an address or a tag.
pub fn resolved(text: &str) -> String {
    const NAMED: [(&str, char); 10] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("colon", ':'),
        ("Tab", '\t'),
        ("NewLine", '\n'),
        ("lpar", '('),
        ("rpar", ')'),
    ];
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let numbered = rest.strip_prefix('#').and_then(|number| {
            let (digits, radix, before) = match number.strip_prefix(['x', 'X']) {
                Some(digits) => (digits, 16, 2),
                None => (number, 10, 1),
            };
            let end = digits.find(|digit: char| !digit.is_digit(radix)).unwrap_or(digits.len());
            let letter = u32::from_str_radix(&digits[..end], radix).ok().and_then(char::from_u32)?;
            Some((letter, before + end + usize::from(digits[end..].starts_with(';'))))
        });
        let named =
            || NAMED.iter().find_map(|(name, letter)| rest.strip_prefix(name)?.strip_prefix(';').map(|_| (*letter, name.len() + 1)));
        match numbered.or_else(named) {
            Some((letter, length)) => {
                resolved.push(letter);
                rest = &rest[length..];
            }
            None => resolved.push('&'),
        }
    }
    resolved + rest
}

#[test]
fn what_a_browser_would_make_of_it_is_found() {
    let names = |page: &str| elements(page).into_iter().map(|element| element.name).collect::<Vec<_>>();
    assert_eq!(names("a < b <b>c</b> <!-- <i> --> <u"), ["b", "u"]);
    assert_eq!(names("<textarea><script>x</script></textarea><p>"), ["textarea", "p"]);
    assert_eq!(names("<title></titles><b></TITLE ><i>"), ["title", "i"]);
    assert_eq!(names("<!--><b>--><!---><i><!-- x --!><u>"), ["b", "i", "u"]);
    let all = elements("<IMG/SRC=x\tonerror='a&#x28;1)' =y data-x=\"&quot;&amp;colon;\"><script>let a = '<b>';</script>");
    let attributes: Vec<_> = all[0].attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(attributes, [("src", "x"), ("onerror", "a(1)"), ("=y", ""), ("data-x", "\"&colon;")]);
    assert_eq!((all.len(), all[1].raw.as_str()), (2, "let a = '<b>';"));
}
