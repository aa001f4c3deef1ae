import Sequences
import Tokenizers
import Tokens

/// A `tokenizer.json`. A tokenizer that is accepted encodes any text, byte-pair encoding as its definition says it,
/// and is the same after it was written and read.
struct TokenizerTarget: FuzzTarget {
  let name = "tokenizer"
  let words: [String] = Self.syntax + SpecialToken.names.map { "\"\($0)\"" }

  private static let syntax: [String] = [
    "\"version\"", "\"added_tokens\"", "\"normalizer\"", "\"pre_tokenizer\"", "\"post_processor\"", "\"decoder\"",
    "\"model\"", "\"type\"", "\"WordLevel\"", "\"BPE\"", "\"unk_token\"", "\"vocab\"", "\"merges\"", "\"bioarc\"",
    "\"scheme\"", "\"kmer\"", "\"alphabet\"", "\"stride\"", "\"k\"", "\"Split\"", "\"Regex\"", "\".{2}\"",
    "\"Removed\"", "\"ByteLevel\"", "\"add_prefix_space\"", "\"use_regex\"", "\"WhitespaceSplit\"", "null", "true",
    "false", "{", "}", "[", "]", ",", ": ", "\"A C\"", "\"AC G\"", "[\"A\", \"C\"]", "\\u0041", "\\ud83d\\ude00",
    "1e9", "9223372036854775807", "\u{120}", "e\u{301}",
  ]

  private static let texts: [[UInt8]] = {
    let texts: [String] = [
      "", "A", "ACGTNACGTTACGGTACATACGACCAGT", "aacgnU-*", "MKLVAAGGTWYHX", "{\"vocab\": 5}",
      String(repeating: "ACGGT", count: 40), String(repeating: "A", count: 200),
    ]
    return texts.map { Array($0.utf8) } + [Array(0...255)]
  }()

  func check(_ bytes: [UInt8]) {
    let tokenizer: Tokenizer
    do { tokenizer = try Tokenizer(json: bytes, file: "t") } catch {
      _ = error.description
      return
    }
    let written = tokenizer.json()
    let again: Tokenizer
    do { again = try Tokenizer(json: written, file: "t") } catch { fatalError("what was written is refused: \(error)") }
    require(again.json() == written, "what was written reads otherwise")
    // The input itself is a text that was made together with the tokens.
    for text in Self.texts + [Array(bytes.prefix(256))] {
      let ids = tokenizer.encode(text)
      require(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize }, "an id that is no token")
      require(again.encode(text) == ids, "what was written encodes otherwise")
      _ = tokenizer.decode(ids)
      if let model = tokenizer.bpe { require(ids == reference(text, model), "not the encoding of the merges") }
    }
    _ = (tokenizer.baseLengths, tokenizer.addedLengths, tokenizer.letters, try? tokenizer.complements())
  }

  /// The definition, word by word: a byte that is no token is unknown, and no merge crosses it.
  private func reference(_ text: [UInt8], _ model: BPEModel) -> [Int32] {
    let letters = Set(model.tokens.dropFirst(SpecialToken.names.count).filter { $0.count == 1 }.map { $0[0] })
    var ids: [Int32] = []
    var word: [UInt8] = []
    for byte in text {
      if letters.contains(byte) {
        word.append(byte)
      } else {
        ids += model.encodeReference(word) + [SpecialToken.unknown]
        word = []
      }
    }
    return ids + model.encodeReference(word)
  }
}
