//! Every way in which asking can fail, in words for a person.

mod clock;
mod limits;
mod page;
mod status;
mod transport;

pub(super) use clock::skew;
pub use clock::skew_remark;
pub(super) use limits::not_let_through;
pub(super) use page::{instead_of_data, is_challenge};
pub(super) use status::of_status;
pub(in crate::sources) use transport::PROXY_LOGIN;
pub(super) use transport::{fell_silent, of_flow, of_transport, private, too_large, too_slow};
