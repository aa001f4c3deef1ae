import JSON
import Sequences
import Tokens

extension Tokenizer {
  /// The tokenizer as a Hugging Face `tokenizer.json`, always the same bytes for the same tokenizer.
  ///
  /// The `tokenizers` library loads it and encodes as `encode` does, with one exception: k-mers whose stride is not k
  /// cannot be cut by its pre-tokenizers. For these the file splits at white space, so that the library encodes as
  /// `encode` does after the sequence was cut into whole k-mers at 0, stride, 2 * stride ... and, where the tail is
  /// kept, the letters after them, and these were joined by spaces. The key `model.bioarc`, which the library passes
  /// over, states scheme, alphabet, k, stride, a tail that is kept, and tags.
  package func json() -> [UInt8] {
    var text = "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [\n"
    let tagIDs = (untaggedSize..<vocabularySize).map { ($0, tagTexts[$0 - untaggedSize]) }
    text += (SpecialToken.names.enumerated().map { ($0, $1) } + tagIDs).map { id, name in
      "    { \"id\": \(id), \"content\": \"\(name)\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, "
        + "\"normalized\": false, \"special\": true }"
    }.joined(separator: ",\n")
    text += "\n  ],\n  \"normalizer\": null,\n  \"pre_tokenizer\": \(preTokenizer),\n  \"post_processor\": null,\n"
    text += "  \"decoder\": \(decoder),\n  \"model\": {\n\(modelHead)    \"vocab\": {\n"
    text += (0..<Int32(vocabularySize)).map { "      \(JSON.quoted(fileText(of: $0))): \($0)" }.joined(separator: ",\n")
    text += "\n    }"
    if !isWordLevel { text += ",\n    \"merges\": \(merges)" }
    return Array((text + ",\n    \"bioarc\": \(ownKeys)\n  }\n}\n").utf8)
  }

  private var isWordLevel: Bool {
    switch scheme {
    case .character, .kmer: true
    case .byte, .bpe: false
    }
  }

  private var writesByteLevel: Bool { scheme == .byte || isByteLevel }

  private var preTokenizer: String {
    let split = { (pattern: String) in
      "{ \"type\": \"Split\", \"pattern\": { \"Regex\": \"\(pattern)\" }, \"behavior\": \"Removed\", \"invert\": true }"
    }
    switch scheme {
    case .character: return split(".{1}")
    case .kmer(let k, let stride, let keepsTail):
      return k == stride ? split(keepsTail ? ".{\(k)}|." : ".{\(k)}") : "{ \"type\": \"WhitespaceSplit\" }"
    case .byte, .bpe:
      return writesByteLevel
        ? "{ \"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false }"
        : "null"
    }
  }

  private var decoder: String {
    if writesByteLevel {
      return "{ \"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false }"
    }
    if case .kmer(let k, let stride, _) = scheme, k != stride { return "null" }
    return "{ \"type\": \"Fuse\" }"
  }

  private var modelHead: String {
    if isWordLevel { return "    \"type\": \"WordLevel\",\n    \"unk_token\": \"[UNK]\",\n" }
    let keys = [
      ("type", "\"BPE\""), ("dropout", "null"), ("unk_token", "\"[UNK]\""), ("continuing_subword_prefix", "null"),
      ("end_of_word_suffix", "null"), ("fuse_unk", "false"), ("byte_fallback", "false"), ("ignore_merges", "false"),
    ]
    return keys.map { "    \"\($0)\": \($1),\n" }.joined()
  }

  /// A token as the file writes it.
  func fileText(of id: Int32) -> String {
    writesByteLevel && id >= SpecialToken.count && !isTag(id) ? ByteLevel.encode(bytes(of: id)) : text(of: id)
  }

  private var merges: String {
    guard let bpe, !bpe.merges.isEmpty else { return "[]" }
    let lines = bpe.merges.map { "      " + JSON.quoted("\(fileText(of: $0.left)) \(fileText(of: $0.right))") }
    return "[\n" + lines.joined(separator: ",\n") + "\n    ]"
  }

  private var ownKeys: String {
    let letters = ("alphabet", JSON.quoted(alphabet.rawValue))
    var keys: [(String, String)] =
      switch scheme {
      case .character: [("scheme", "\"character\""), letters]
      case .kmer(let k, let stride, let keepsTail):
        [("scheme", "\"kmer\""), letters, ("k", "\(k)"), ("stride", "\(stride)")]
          + (keepsTail ? [("tail", "\"letters\"")] : [])
      case .byte: [("scheme", "\"byte\"")]
      case .bpe: [("scheme", "\"bpe\"")]
      }
    if !tags.isEmpty { keys.append(("tags", "[" + tags.map(JSON.quoted).joined(separator: ", ") + "]")) }
    return "{ " + keys.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + " }"
  }
}
