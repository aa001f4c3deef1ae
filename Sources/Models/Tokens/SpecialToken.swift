/// The ids that every tokenizer reserves, before its first real token: [PAD], [UNK], [MASK], [CLS] and [SEP].
///
/// All are constants in other targets too, since loops over tokens compare with them: members of a `package` type are
/// inlined there only where the type is usable from inline.
@usableFromInline package enum SpecialToken {
  /// By id.
  package static let names = ["[PAD]", "[UNK]", "[MASK]", "[CLS]", "[SEP]"]
  /// The token for letters that were not known when a sequence was encoded.
  @inlinable package static var unknown: Int32 { 1 }
  /// The token that stands in the place of one that is to be predicted.
  @inlinable package static var mask: Int32 { 2 }
  /// Ids below this are special: never masked, never drawn as a random token.
  @inlinable package static var count: Int32 { 5 }
}
