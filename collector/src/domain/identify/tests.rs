//! Recognition as a whole: facts in, what is concluded out.

use super::identify;
