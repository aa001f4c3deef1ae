/// The plain form of every op, beside its fast one: loops in double precision that a reader can check against the
/// formula.
package enum Reference {}
