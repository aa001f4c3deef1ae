import JSON
package import Sequences
import Tokens

extension Tokenizer {
  /// Reads a `tokenizer.json` as `json()` or the `tokenizers` library writes it. A part that would make the library
  /// encode in another way than this program is an error, never passed over.
  package init(json bytes: [UInt8], file: String) throws(SequenceError) {
    let root: JSON
    do { root = try JSON(parsing: bytes) } catch {
      throw SequenceError(.tokenizer, file: file, line: error.line, column: error.column, error.message)
    }
    self = try TokenizerReader(root: root, file: file).read()
  }
}

/// Reads one `tokenizer.json`.
private struct TokenizerReader {
  let root: JSON
  let file: String

  func fail(_ message: String) -> SequenceError { SequenceError(.tokenizer, file: file, message) }

  func read() throws(SequenceError) -> Tokenizer {
    guard let model = root["model"], model.members != nil else { throw fail("there is no object at `model`") }
    try requireNull(root, "normalizer", "post_processor", "truncation", "padding")
    let all = try vocabulary(model)
    let tags = try tags(model, all)
    let vocabulary = Array(all.dropLast(tags.count))
    switch model["type"]?.string {
    case "WordLevel": return try wordLevel(model, vocabulary).tagged(tags, file: file)
    case "BPE": return try bpe(model, vocabulary).tagged(tags, file: file)
    case let type: throw fail("`model.type` is \(type.map { "`\($0)`" } ?? "missing"), not `WordLevel` or `BPE`")
    }
  }

  func requireNull(_ object: JSON, _ keys: String...) throws(SequenceError) {
    for key in keys {
      if let value = object[key], !value.isNull { throw fail("`\(key)` is set, which this program does not support") }
    }
  }

  /// Tokens by id.
  func vocabulary(_ model: JSON) throws(SequenceError) -> [String] {
    guard let members = model["vocab"]?.members else { throw fail("there is no object at `model.vocab`") }
    guard members.count < PairRanks.largestVocabulary else { throw fail("the vocabulary has \(members.count) tokens") }
    var tokens = [String?](repeating: nil, count: members.count)
    for member in members {
      guard let id = member.value.int else { throw fail("the id of the token `\(member.key)` is no integer") }
      guard tokens.indices.contains(id) else {
        throw fail("the token `\(member.key)` has id \(id), but the vocabulary has \(members.count) tokens")
      }
      if let other = tokens[id] { throw fail("the tokens `\(other)` and `\(member.key)` have the same id \(id)") }
      tokens[id] = member.key
    }
    for (id, name) in SpecialToken.names.enumerated() where id >= tokens.count || tokens[id] != name {
      throw fail("the token of id \(id) must be \(name)")
    }
    return tokens.map { $0! }
  }

  /// The tags that the file states, whose tokens are the last of the vocabulary. No other token is added.
  func tags(_ model: JSON, _ vocabulary: [String]) throws(SequenceError) -> [String] {
    let tags = model["bioarc"]?["tags"]?.array?.compactMap(\.string) ?? []
    let first = vocabulary.count - tags.count
    guard first >= SpecialToken.names.count, vocabulary[first...].elementsEqual(tags.map { "<\($0)>" }) else {
      throw fail("the tags at `model.bioarc` are not the last tokens of the vocabulary")
    }
    for token in root["added_tokens"]?.array ?? [] {
      guard let id = token["id"]?.int, let content = token["content"]?.string else {
        throw fail("an entry of `added_tokens` has no `id` or no `content`")
      }
      let isAdded = SpecialToken.names.indices.contains(id) || (first..<vocabulary.count).contains(id)
      guard isAdded, vocabulary[id] == content else {
        throw fail("the added token `\(content)` is none of \(SpecialToken.names.joined(separator: " "))")
      }
    }
    return tags
  }

  func wordLevel(_ model: JSON, _ vocabulary: [String]) throws(SequenceError) -> Tokenizer {
    guard model["unk_token"]?.string == "[UNK]" else { throw fail("`model.unk_token` must be [UNK]") }
    let k = vocabulary.count > SpecialToken.names.count ? vocabulary[SpecialToken.names.count].utf8.count : 0
    var stride = k
    var tails = [false, true]
    switch root["pre_tokenizer"]?["type"]?.string {
    case "Split": tails = [try keepsTail(k)]
    case "WhitespaceSplit":
      guard let stated = model["bioarc"]?["stride"]?.int, stated > 0 else {
        throw fail("the stride is missing: `model.bioarc` is lost when the file is written by another program")
      }
      stride = stated
    default: throw fail("`pre_tokenizer` is none that cuts a sequence into letters or k-mers")
    }
    for alphabet in Alphabet.allCases {
      var candidates: [Tokenizer] = []
      if k >= 1, k <= Tokenizer.largestK(alphabet) {
        candidates += tails.map { .kmer(k, stride: stride, keepsTail: $0, alphabet) }
      }
      if k == 1, stride == 1 { candidates.append(.character(alphabet)) }
      for candidate in candidates where candidate.vocabularySize == vocabulary.count {
        if vocabulary.indices.allSatisfy({ candidate.text(of: Int32($0)) == vocabulary[$0] }) { return candidate }
      }
    }
    throw fail("`model.vocab` is not that of single letters or of all k-mers of an alphabet, in order")
  }

  /// Whether the split makes tokens of the letters that k-mers leave at the end.
  func keepsTail(_ k: Int) throws(SequenceError) -> Bool {
    let split = root["pre_tokenizer"]!
    let pattern = split["pattern"]?["Regex"]?.string
    let keepsTail = k > 1 && pattern == ".{\(k)}|."
    let fits = keepsTail || pattern == ".{\(k)}" || k == 1 && pattern == "."
    guard fits, split["behavior"]?.string == "Removed", split["invert"]?.bool == true else {
      throw fail(
        "`pre_tokenizer` must be a Split with the pattern `.{\(k)}` or `.{\(k)}|.`, behavior Removed and invert true")
    }
    return keepsTail
  }

  func bpe(_ model: JSON, _ vocabulary: [String]) throws(SequenceError) -> Tokenizer {
    if let dropout = model["dropout"], !dropout.isNull { throw fail("`model.dropout` is not supported") }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let value = model[key], !value.isNull, value.string != "" { throw fail("`model.\(key)` is not supported") }
    }
    for key in ["fuse_unk", "byte_fallback", "ignore_merges"] where model[key]?.bool == true {
      throw fail("`model.\(key)` is not supported")
    }
    let isByteLevel = try isByteLevel()
    if !isByteLevel, model["unk_token"]?.string != "[UNK]" { throw fail("`model.unk_token` must be [UNK]") }
    var tokens: [[UInt8]] = []
    for (id, text) in vocabulary.enumerated() { tokens.append(try bytes(text, id, isByteLevel)) }
    let merges = try merges(model, vocabulary, tokens)
    if isByteLevel, merges.isEmpty,
      tokens.dropFirst(SpecialToken.names.count).elementsEqual(
        (0...255).map { [UInt8($0)] })
    {
      return .byte
    }
    return .bpe(BPEModel(tokens: tokens, merges: merges), isByteLevel: isByteLevel)
  }

  func isByteLevel() throws(SequenceError) -> Bool {
    guard let split = root["pre_tokenizer"], !split.isNull else { return false }
    guard split["type"]?.string == "ByteLevel", split["add_prefix_space"]?.bool == false,
      split["use_regex"]?.bool == false
    else { throw fail("`pre_tokenizer` must be null, or ByteLevel with add_prefix_space and use_regex false") }
    return true
  }

  func bytes(_ text: String, _ id: Int, _ isByteLevel: Bool) throws(SequenceError) -> [UInt8] {
    if id < SpecialToken.names.count { return Array(text.utf8) }
    if text.isEmpty { throw fail("the token of id \(id) is empty") }
    guard text.utf8.count <= BPEModel.longestToken else {
      throw fail("the token of id \(id) is longer than \(BPEModel.longestToken) bytes")
    }
    if isByteLevel {
      guard let bytes = ByteLevel.decode(text) else { throw fail("the token `\(text)` is not byte-level") }
      return bytes
    }
    guard text.utf8.allSatisfy({ $0 < 128 }) else { throw fail("the token `\(text)` is not ASCII") }
    return Array(text.utf8)
  }

  /// The merges, by rank. The last merge of a pair that occurs twice counts, as in the library.
  func merges(
    _ model: JSON, _ vocabulary: [String], _ tokens: [[UInt8]]
  ) throws(SequenceError) -> [BPEMerge] {
    guard let list = model["merges"]?.array else { throw fail("there is no list at `model.merges`") }
    guard list.count < PairRanks.largestMerges else { throw fail("there are \(list.count) merges") }
    var ids: [String: Int32] = [:]
    var products: Set<[UInt8]> = []
    for (id, text) in vocabulary.enumerated() {
      ids[text] = Int32(id)
      if id >= SpecialToken.names.count { products.insert(tokens[id]) }
    }
    var merges: [BPEMerge] = []
    for (rank, item) in list.enumerated() {
      let parts =
        item.string?.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        ?? item.array?.compactMap(\.string) ?? []
      guard parts.count == 2 else { throw fail("merge \(rank) is not a pair of tokens") }
      for part in parts where ids[part].map({ $0 < SpecialToken.count }) ?? true {
        throw fail("merge \(rank) names `\(part)`, which is no token")
      }
      let merge = BPEMerge(ids[parts[0]]!, ids[parts[1]]!)
      guard products.contains(tokens[Int(merge.left)] + tokens[Int(merge.right)]) else {
        throw fail("merge \(rank) gives `\(parts[0])\(parts[1])`, which is no token")
      }
      merges.append(merge)
    }
    var seen: Set<BPEMerge> = []
    return merges.reversed().filter { seen.insert($0).inserted }.reversed()
  }
}
