//! Why a gesture did not happen: codes and figures, never prose. The page has the words.

use std::collections::BTreeMap;

use domain::bonus_code::{RedeemRefusal, RevokeRefusal};
use domain::brand::PairContrast;
use domain::calendar::{BusinessDate, Month};
use domain::form::FieldProblem;
use domain::ledger::{AdjustmentState, EntryTransitionError, RunState, SecondPersonRequired};
use domain::money::Money;
use domain::request::TransitionError;
use domain::trial::TrialProblem;
use domain::verdict::Verdict;
use thiserror::Error;

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// Problems of a form by field name.
pub type FormProblems = BTreeMap<String, FieldProblem>;

/// Why a gesture did not happen. `Display` never prints its source; the chain is logged once, at the boundary.
#[derive(Debug, Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignInRequired,
    /// The person's role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such thing, or it is another partner's, which must look the same.
    #[error("not found")]
    NotFound,
    /// Fields of the form can't be read.
    #[error("fields of the form can't be read")]
    Invalid(FormProblems),
    /// A text holds what no keyboard types and no database keeps. No form of the portal sends such a thing.
    #[error("a text can't be kept")]
    BadText,
    /// The rules or the state of things refuse.
    #[error("refused")]
    Refused(Refusal),
    /// Too many tries; another is allowed after a while.
    #[error("too many tries")]
    TooMany {
        /// Seconds to wait.
        retry_after_seconds: u64,
    },
    /// The database is away: nothing was saved, the same call may pass later.
    #[error("the database is not available")]
    Unavailable(#[source] store::Error),
    /// A bug or broken data: nothing was saved.
    #[error("unexpected")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What refuses a gesture.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Refusal {
    /// The rules refuse, with every violation.
    #[error("the rules refuse")]
    Rules(Verdict),
    /// The request was decided before, or by the same person submitted.
    #[error("the request can't change so")]
    Transition(TransitionError),
    /// The code can't be redeemed.
    #[error("the code can't be redeemed")]
    Redeem(RedeemRefusal),
    /// The code can't be revoked.
    #[error("the code can't be revoked")]
    Revoke(RevokeRefusal),
    /// The trial's dates do not fit.
    #[error("the trial's dates do not fit")]
    Trial(TrialProblem),
    /// The client has a trial of these services from this day already.
    #[error("the trial is recorded already")]
    TrialKnown,
    /// The trial has a last day already.
    #[error("the trial has ended already")]
    TrialEnded,
    /// The partner has a client with this INN already.
    #[error("the partner has this client already")]
    ClientKnown,
    /// This exam is recorded already.
    #[error("the exam is recorded already")]
    ExamKnown,
    /// The date lies in the future.
    #[error("the date lies in the future")]
    DateInFuture,
    /// The date lies in the past.
    #[error("the date lies in the past")]
    DateInPast,
    /// The date lies too far ahead.
    #[error("the date lies too far ahead")]
    DateTooFar {
        /// The last date that is taken.
        latest: BusinessDate,
    },
    /// The same exam is proposed already.
    #[error("the fact is proposed already")]
    LateFactKnown,
    /// The proposed fact was accepted or declined before.
    #[error("the proposed fact is decided already")]
    LateFactDecided,
    /// What the proposed fact corrects is another now.
    #[error("the proposed fact is out of date")]
    LateFactOutdated,
    /// The month is closed already.
    #[error("the month is closed already")]
    MonthClosed(Month),
    /// Months are closed in order; this one comes next.
    #[error("another month comes next")]
    MonthOutOfOrder {
        /// The month to close next.
        next: Month,
    },
    /// The month is not over.
    #[error("the month is not over")]
    MonthNotOver {
        /// The first day on which it can be closed.
        possible_on: BusinessDate,
    },
    /// There is nothing to close: no partner and no usage.
    #[error("there is no month to close")]
    NothingToClose,
    /// The import was committed or discarded already.
    #[error("the import is finished already")]
    ImportFinished,
    /// The import's rows are gone or changed their meaning since the preview: bring the file again.
    #[error("the preview of the import is out of date")]
    ImportOutdated,
    /// Terms begin on that day already, or are in force already.
    #[error("the terms are known already")]
    TermsKnown,
    /// Entries of the ledger are other ones than were shown, or somebody decided on one at the same moment.
    #[error("the entries changed meanwhile")]
    EntriesChanged,
    /// The entry can't change so.
    #[error("the entry can't change so")]
    Entry(EntryTransitionError),
    /// No partner has anything that could be settled.
    #[error("there is nothing to settle")]
    NothingToSettle,
    /// Nobody entered yet who pays and from which account.
    #[error("the payer's details are missing")]
    PayerUnknown,
    /// Somebody else than who made the run has to carry it out.
    #[error("a second person settles")]
    SecondPerson(SecondPersonRequired),
    /// The run was carried out or dropped before.
    #[error("the run is finished")]
    RunFinished(RunState),
    /// The day of the payment lies before the day the run was made.
    #[error("the payment lies before the run")]
    SettledBeforeMade,
    /// Taking the entry back would raise what the partner gets: an adjustment does that, with a second person.
    #[error("taking it back would raise the balance")]
    ReversalRaises,
    /// Who proposed an adjustment does not decide on it.
    #[error("somebody else decides on the adjustment")]
    OwnAdjustment,
    /// The adjustment was decided before.
    #[error("the adjustment is decided already")]
    AdjustmentDecided(AdjustmentState),
    /// No partner who gets news chose one of the topics.
    #[error("the news would reach nobody")]
    NobodyReached,
    /// The news would go to another number of partners than was shown.
    #[error("the news would reach another number of partners")]
    AudienceChanged {
        /// How many it would go to now.
        reach: u32,
    },
    /// What would accrue is not the sum that was shown.
    #[error("what would accrue is another sum")]
    SumChanged {
        /// What would accrue now, RUB.
        now: Money,
    },
    /// Files of the request can't change any more.
    #[error("files of the request can't change any more")]
    FilesClosed,
    /// The draft of the brand was changed since it was seen, or somebody published at the same moment.
    #[error("the brand changed meanwhile")]
    BrandChanged,
    /// Pairs of the brand's colours that can't be read well enough (WCAG 2.2, AA).
    #[error("pairs of the brand's colours are not legible")]
    BrandContrast(Vec<PairContrast>),
    /// A partner has as many names for its portal as it may have.
    #[error("the partner has too many names for its portal")]
    TooManyHosts {
        /// As many as it may have.
        most: u32,
    },
    /// The name leads to another partner's portal, or to the provider's own.
    #[error("the name is somebody else's")]
    HostTaken,
    /// Staff forbade the name.
    #[error("staff forbade the name")]
    HostForbidden,
    /// DNS gave no answer: nothing is known of the record.
    #[error("DNS gave no answer")]
    HostNotLookedUp,
    /// The name was taken back, or proven, in the meantime.
    #[error("the name can't change so")]
    HostChanged,
    /// The name is taken: an e-mail, a code or an INN.
    #[error("the name is taken")]
    Taken,
}

impl Error {
    /// Wraps a failure that no caller can do anything about.
    pub fn unexpected(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unexpected(Box::new(source))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(_) => Self::Unavailable(error),
            store::Error::BadText(_) => Self::BadText,
            other => Self::unexpected(other),
        }
    }
}
