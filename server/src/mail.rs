//! Letters over SMTP: a message of the words that `app` has, handed to the configured server.

use std::time::Duration;

use app::partner::notices::mail::{LOGO_PART, MailOf, mail, one_line};
use async_trait::async_trait;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use service::emails::{Letter, Mailer, SendFailure};

use crate::configuration::{BadConfiguration, MailArguments, Origin};

/// How long the mail server may take for one step of the conversation.
const STEP_LIMIT: Duration = Duration::from_secs(10);
/// The longest name of a person in a header, in characters.
const NAME_LENGTH: usize = 100;
/// Answers that refuse the letter itself. Other refusals are about the portal, such as a wrong password, and may be over at the next try.
const REFUSALS: [u16; 8] = [501, 550, 551, 552, 553, 554, 555, 556];

/// Hands letters to an SMTP server.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    origin: String,
}

impl SmtpMailer {
    /// The mailer of a configuration, for a running process, whose letters lead to `origin`; none where no server is configured.
    pub fn configured(arguments: &MailArguments, origin: &Origin) -> Result<Option<Self>, BadConfiguration> {
        let Some((transport, from)) = transport(arguments)? else { return Ok(None) };
        let pool = PoolConfig::new().max_size(4).idle_timeout(Duration::from_secs(30));
        let transport = transport.timeout(Some(STEP_LIMIT)).pool_config(pool).build();
        Ok(Some(Self { transport, from, origin: origin.to_string() }))
    }

    fn message(&self, letter: &Letter) -> Result<Message, lettre::error::Error> {
        // A partner's own name is served as the portal is: by https, or as here.
        let scheme = self.origin.split_once("://").map_or("https", |(scheme, _)| scheme);
        let port = self.origin.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map(|(_, port)| port);
        let origin = match (&letter.host, port) {
            (None, _) => self.origin.clone(),
            (Some(host), None) => format!("{scheme}://{host}"),
            (Some(host), Some(port)) => format!("{scheme}://{host}:{port}"),
        };
        let logo = letter.brand.as_ref().and_then(|brand| brand.logo_light.as_ref());
        let of = MailOf {
            display_name: &letter.display_name,
            notice_id: letter.notice_id,
            news: &letter.news,
            at: letter.at,
            origin: &origin,
            brand: letter.brand.as_deref().map(|brand| &brand.content),
            logo: logo.is_some(),
        };
        let text = mail(letter.locale, of);
        let name = one_line(&letter.display_name, NAME_LENGTH);
        // An address that can't be read is refused here and never pasted together.
        let to = Mailbox::new(Some(name), letter.address.parse().map_err(|_| lettre::error::Error::CannotParseFilename)?);
        let mut from = self.from.clone();
        let mut message = Message::builder();
        if let Some(brand) = &letter.brand {
            from.name = Some(brand.content.sender_name.to_string());
            if let Some(support) = &brand.content.support_email {
                let address = support.to_string().parse().map_err(|_| lettre::error::Error::CannotParseFilename)?;
                message = message.reply_to(Mailbox::new(from.name.clone(), address));
            }
        }
        message
            .from(from)
            .to(to)
            .subject(text.subject)
            .message_id(Some(format!("<{}>", self.message_id(letter))))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .multipart(parts(text.plain, text.html, logo.map(|logo| logo.bytes.clone()))?)
    }

    /// The same at every try, so that a copy is known for one.
    fn message_id(&self, letter: &Letter) -> String {
        format!("{}@{}", letter.id, self.from.email.domain())
    }
}

/// The letter as plain text and as HTML, the picture that the HTML shows beside it.
fn parts(plain: String, html: String, logo: Option<Vec<u8>>) -> Result<MultiPart, lettre::error::Error> {
    let Some(logo) = logo else { return Ok(MultiPart::alternative_plain_html(plain, html)) };
    let png = ContentType::parse("image/png").map_err(|_| lettre::error::Error::CannotParseFilename)?;
    let picture = Attachment::new_inline(LOGO_PART.to_owned()).body(logo, png);
    let page = MultiPart::related().singlepart(SinglePart::html(html)).singlepart(picture);
    Ok(MultiPart::alternative().singlepart(SinglePart::plain(plain)).multipart(page))
}

/// The transport and the sender of a configuration; none where no server is configured.
pub(crate) fn transport(arguments: &MailArguments) -> Result<Option<(AsyncSmtpTransportBuilder, Mailbox)>, BadConfiguration> {
    let Some(url) = &arguments.smtp_url else { return Ok(None) };
    let url = url.expose_secret();
    // The parser's own error may repeat the address, and with it the password.
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| BadConfiguration::SmtpUrl)?;
    let has_password = url.split_once("://").is_some_and(|(_, rest)| rest.split(['/', '?']).next().is_some_and(|host| host.contains('@')));
    if has_password && url.starts_with("smtp:") && !url.contains("tls=required") {
        return Err(BadConfiguration::SmtpPassword);
    }
    let from = arguments.mail_from.clone().ok_or(BadConfiguration::MailFrom)?;
    Ok(Some((builder, from)))
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, letter: &Letter) -> Result<String, SendFailure> {
        let message = self.message(letter).map_err(|error| {
            tracing::error!(email = %letter.id, error = &error as &dyn std::error::Error, "an e-mail can't be written");
            SendFailure::Refused
        })?;
        match self.transport.send(message).await {
            Ok(_) => Ok(self.message_id(letter)),
            Err(error) => {
                let refused = error.status().is_some_and(|code| REFUSALS.contains(&u16::from(code)));
                tracing::warn!(email = %letter.id, refused, error = &error as &dyn std::error::Error, "the mail server did not take an e-mail");
                Err(if refused { SendFailure::Refused } else { SendFailure::Unanswered })
            }
        }
    }
}
