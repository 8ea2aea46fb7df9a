//! Lists in pages, with an opaque token for the next one.

use crate::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// A page: what is on it, and the token for the next page where there is one.
pub(crate) type Page<T> = (Vec<T>, Option<String>);

/// Cuts the page that follows `token` out of `items`; `key` names an item for the token.
///
/// An item that was removed meanwhile does not break the walk: the token holds the position as well.
///
/// # Errors
/// `InvalidParameterException` for a token that is none.
pub(crate) fn page<T>(
    items: Vec<T>,
    key: impl Fn(&T) -> String,
    token: Option<&str>,
    limit: usize,
) -> Result<Page<T>, Refusal> {
    let start = match token {
        None => 0,
        Some(token) => {
            let (position, last) = read(token)
                .ok_or_else(|| Refusal::invalid_parameter("Invalid pagination token given."))?;
            match items.iter().position(|item| key(item) == last) {
                Some(found) => found + 1,
                None => position.min(items.len()),
            }
        }
    };
    let end = start.saturating_add(limit).min(items.len());
    let is_more = end < items.len();
    let page: Vec<T> = items.into_iter().skip(start).take(limit).collect();
    let token = page.last().filter(|_| is_more).map(|last| write(end, &key(last)));
    Ok((page, token))
}

/// How many items are on a page: as many as are wanted, from 1 to `most`; `most` where nothing or 0 is.
pub(crate) fn limit(wanted: Option<u64>, most: u32) -> usize {
    let most = u64::from(most);
    let wanted = wanted.filter(|wanted| *wanted > 0).unwrap_or(most);
    usize::try_from(wanted.min(most)).unwrap_or(1)
}

/// A reply of a list and, where there is more, the token for the next page.
pub(crate) fn reply(
    name: &str,
    items: Vec<Value>,
    token_name: &str,
    token: Option<String>,
) -> Value {
    let mut reply = Map::from_iter([(name.to_owned(), items.into())]);
    if let Some(token) = token {
        reply.insert(token_name.to_owned(), token.into());
    }
    reply.into()
}

fn write(position: usize, last: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{position}:{last}"))
}

fn read(token: &str) -> Option<(usize, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (position, last) = text.split_once(':')?;
    Some((position.parse().ok()?, last.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(all: &[&str], limit: usize) -> Vec<Vec<String>> {
        let items: Vec<String> = all.iter().map(|item| (*item).to_owned()).collect();
        let (mut pages, mut token) = (Vec::new(), None);
        loop {
            let (found, next) =
                page(items.clone(), String::clone, token.as_deref(), limit).unwrap();
            pages.push(found);
            token = next;
            if token.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn every_item_is_on_one_page() {
        assert_eq!(walk(&["a", "b", "c"], 2), [vec!["a", "b"], vec!["c"]]);
        assert_eq!(walk(&["a", "b"], 2), [vec!["a", "b"]]);
        assert_eq!(walk(&[], 2), [Vec::<String>::new()]);
    }

    #[test]
    fn removed_item_does_not_break_the_walk() {
        let items = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let (_, token) = page(items(&["a", "b", "c"]), String::clone, None, 1).unwrap();

        let (next, _) = page(items(&["b", "c"]), String::clone, token.as_deref(), 1).unwrap();

        assert_eq!(next.len(), 1);
    }

    #[test]
    fn token_that_is_none_is_refused() {
        for token in ["x", "!!!", "eDp5"] {
            assert!(page(vec!["a".to_owned()], String::clone, Some(token), 1).is_err());
        }
    }
}
