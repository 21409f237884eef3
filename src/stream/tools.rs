//! Which tool call a streamed piece belongs to. Providers promise one index per call; some send a new call's id on an
//! index that is taken, and some send two pieces of one index in one chunk.

use crate::types::ToolCallDelta;

/// The calls of one alternative.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// For each index of the provider's: the id last seen on it and the index we give out.
    open: Vec<(i64, Option<String>, i64)>,
    given: i64,
}

impl Calls {
    /// Whether any was made.
    pub(super) fn any(&self) -> bool {
        self.given > 0
    }

    /// Gives every piece the index of its call and merges pieces of one call.
    pub(super) fn place(&mut self, pieces: &mut Vec<ToolCallDelta>) {
        for (position, piece) in pieces.iter_mut().enumerate() {
            let index = piece
                .index
                .unwrap_or_else(|| i64::try_from(position).unwrap_or(0));
            piece.index = Some(self.index(index, piece.id.as_deref().filter(|id| !id.is_empty())));
        }
        let mut merged: Vec<ToolCallDelta> = Vec::with_capacity(pieces.len());
        for piece in pieces.drain(..) {
            match merged.iter_mut().find(|earlier| earlier.index == piece.index) {
                Some(earlier) => append(earlier, piece),
                None => merged.push(piece),
            }
        }
        *pieces = merged;
    }

    fn index(&mut self, index: i64, id: Option<&str>) -> i64 {
        if let Some((_, known, ours)) = self.open.iter_mut().find(|(theirs, ..)| *theirs == index) {
            match (known.as_deref(), id) {
                // Another id on the same index: another call.
                (Some(known), Some(id)) if known != id => {}
                (None, Some(id)) => {
                    *known = Some(id.to_owned());
                    return *ours;
                }
                _ => return *ours,
            }
        }
        let ours = self.given;
        self.given += 1;
        self.open.retain(|(theirs, ..)| *theirs != index);
        self.open.push((index, id.map(str::to_owned), ours));
        ours
    }
}

fn append(earlier: &mut ToolCallDelta, later: ToolCallDelta) {
    earlier.id = earlier.id.take().or(later.id);
    earlier.kind = earlier.kind.take().or(later.kind);
    match (&mut earlier.function, later.function) {
        (Some(function), Some(more)) => {
            function.arguments.push_str(&more.arguments);
            function.name = function.name.take().or(more.name);
        }
        (none @ None, more) => *none = more,
        (Some(_), None) => {}
    }
    for (name, value) in later.extra {
        earlier.extra.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::FunctionCall;

    fn piece(index: Option<i64>, id: Option<&str>, arguments: &str) -> ToolCallDelta {
        let function = FunctionCall {
            arguments: arguments.to_owned(),
            ..FunctionCall::default()
        };
        ToolCallDelta {
            id: id.map(str::to_owned),
            index,
            function: Some(function),
            ..ToolCallDelta::default()
        }
    }
    fn place(calls: &mut Calls, mut pieces: Vec<ToolCallDelta>) -> Vec<(i64, String)> {
        calls.place(&mut pieces);
        pieces
            .into_iter()
            .map(|piece| (piece.index.unwrap(), piece.function.unwrap().arguments))
            .collect()
    }

    #[test]
    fn a_new_id_on_the_same_index_is_a_new_call() {
        let mut calls = Calls::default();
        assert_eq!(
            place(&mut calls, vec![piece(Some(0), Some("a"), "{")]),
            [(0, "{".to_owned())]
        );
        assert_eq!(
            place(&mut calls, vec![piece(Some(0), None, "}")]),
            [(0, "}".to_owned())]
        );
        assert_eq!(
            place(&mut calls, vec![piece(Some(0), Some("b"), "{}")]),
            [(1, "{}".to_owned())]
        );
        assert_eq!(
            place(&mut calls, vec![piece(Some(0), None, " ")]),
            [(1, " ".to_owned())]
        );
        assert_eq!(
            place(&mut calls, vec![piece(Some(1), Some("c"), "{}")]),
            [(2, "{}".to_owned())]
        );
    }

    #[test]
    fn pieces_of_one_index_in_one_chunk_merge() {
        let mut calls = Calls::default();
        assert_eq!(
            place(
                &mut calls,
                vec![piece(Some(3), Some("a"), "{\"x\""), piece(Some(3), None, ":1}")]
            ),
            [(0, "{\"x\":1}".to_owned())]
        );
    }

    #[test]
    fn without_an_index_the_position_counts() {
        let mut calls = Calls::default();
        let placed = place(
            &mut calls,
            vec![piece(None, Some("a"), "1"), piece(None, Some("b"), "2")],
        );
        assert_eq!(placed, [(0, "1".to_owned()), (1, "2".to_owned())]);
    }

    #[test]
    fn the_same_id_repeated_is_the_same_call() {
        let mut calls = Calls::default();
        place(&mut calls, vec![piece(Some(0), Some("a"), "1")]);
        assert_eq!(
            place(&mut calls, vec![piece(Some(0), Some("a"), "2")]),
            [(0, "2".to_owned())]
        );
    }
}
