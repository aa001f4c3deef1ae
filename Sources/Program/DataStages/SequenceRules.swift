import Artifacts
import Sequences
import Tokenizers

extension StageRule {
  /// The letters that inputs state are those that the stage states, if it states any, and agree among inputs;
  /// an input that states none is read as the stage says.
  static func statedAlphabet(of port: String) -> StageRule {
    StageRule(reads: ["alphabet", port]) { settings in
      let stated = settings.stated("alphabet", at: port)
      if let stage = settings.string("alphabet"), stage != Alphabet.dna.rawValue,
        let other = stated.lazy.compactMap(\.value).first(where: { $0 != stage })
      {
        return [.error("other-alphabet", "the input states the alphabet \(other), the stage \(stage)", at: "alphabet")]
      }
      let read = { (input: (place: String, value: String?)) in input.value ?? settings.string("alphabet") }
      guard let first = stated.first, let letters = read(first),
        let other = stated.first(where: { read($0).map { $0 != letters } ?? false }), let others = read(other)
      else { return [] }
      let words = { (input: (place: String, value: String?)) in input.value == nil ? "is read as" : "states" }
      return [
        .error(
          "other-alphabet",
          "one input \(words(first)) the alphabet \(letters), this one \(words(other)) \(others)", at: other.place,
          help: "options: { alphabet: ... } of an input states its letters")
      ]
    }
  }

  /// A window that starts behind the end of the one before leaves letters out.
  static let windowStep: StageRule = StageRule(reads: ["length", "step"]) { settings in
    guard let length = settings.int("length"), let step = settings.int("step"), step > length else { return [] }
    return [
      .warning(
        "windows of \(length) letters that start every \(step) leave out \(step - length) of \(step) letters",
        at: "step", "length", help: "a 'step' of at most \(length) leaves none out")
    ]
  }

  /// The k of k-mers is at most `Tokenizer.largestK` of every alphabet that is read.
  static let largestK: StageRule = StageRule(reads: ["scheme", "k", "alphabet", "sequences"]) { settings in
    let inputs = settings.stated("alphabet", at: "sequences").map { $0.value ?? settings.string("alphabet") }
    let letters = (inputs.isEmpty ? [settings.string("alphabet")] : inputs).compactMap(\.self)
    guard settings.string("scheme") == "kmer", let k = settings.int("k"),
      let alphabet = letters.lazy.compactMap(Alphabet.init(rawValue:)).first(where: { k > Tokenizer.largestK($0) })
    else { return [] }
    return [
      .error(
        "k-too-large", "k is \(k); for \(alphabet.rawValue) at most \(Tokenizer.largestK(alphabet))",
        at: "k", "alphabet", "sequences")
    ]
  }

  /// A k-mer that starts behind the end of the one before leaves letters out.
  static let kmerStride: StageRule = StageRule(reads: ["scheme", "k", "stride"]) { settings in
    guard settings.string("scheme") == "kmer", let k = settings.int("k"), let stride = settings.int("stride"),
      stride > k
    else { return [] }
    return [
      .warning(
        "k-mers of \(k) letters that start every \(stride) leave out \(stride - k) of \(stride) letters",
        at: "stride", "k", help: "a 'stride' of at most \(k) leaves none out")
    ]
  }

  /// Frames are of k-mers side by side: those that overlap have every frame already, and letters between others none.
  static let framesOfKmers: StageRule = StageRule(reads: ["scheme", "k", "stride", "frames"]) { settings in
    guard settings.string("scheme") == "kmer", settings.string("frames") == "all", let k = settings.int("k"),
      let stride = settings.int("stride"), stride != 0, stride != k
    else { return [] }
    return [
      .error(
        "frames-of-kmers", "'frames: all' is of k-mers that follow each other: k is \(k), the stride \(stride)",
        at: "frames", "stride", help: "a 'stride' of 0, or of k, makes them so")
    ]
  }

  /// Parameters that belong to another scheme: they would give equal tokens two keys, and a ranking two of one thing.
  static let unreadByScheme: StageRule = StageRule(reads: ["scheme", "k", "stride", "frames", "vocabulary"]) {
    settings in
    guard let scheme = settings.string("scheme") else { return [] }
    let readers = [("kmer", ["k", "stride", "frames"]), ("bpe", ["vocabulary"])]
    return readers.filter { $0.0 != scheme }.flatMap { reader, names in
      TokenizeStage.declaration.stated(names, settings).map {
        .error(
          "bad-parameters", "'\($0)' belongs to the scheme '\(reader)'; '\(scheme)' does not read it", at: $0,
          help: "an axis of maps gives each scheme its own: "
            + "for: { tok: { k1: { scheme: kmer, k: 1 }, bpe: { scheme: bpe } } }, with: $tok")
      }
    }
  }

  /// Parameters of the other task of a synthesis: they would give equal sequences two keys.
  static let unreadByTask: StageRule = StageRule(
    reads: ["task", "length", "upstream", "distance", "pairs", "tata", "inr", "dpe", "negatives"]
  ) { settings in
    guard let task = settings.string("task") else { return [] }
    let readers = [
      (["promoters"], ["upstream", "tata", "inr", "dpe", "negatives"]), (["promoters", "spacing"], ["length"]),
      (["pairs"], ["distance", "pairs"]),
    ]
    return readers.filter { !$0.0.contains(task) }.flatMap { tasks, names in
      SynthesizeStage.declaration.stated(names, settings).map {
        .error(
          "bad-parameters",
          "'\($0)' belongs to the task '\(tasks.joined(separator: "' or '"))'; '\(task)' does not read it", at: $0)
      }
    }
  }

  /// Motifs fit into the sequences, and the background exists.
  static let synthesis: StageRule = StageRule(
    reads: [
      "task", "train", "dev", "test", "length", "upstream", "distance", "pairs", "tata", "inr", "dpe", "negatives",
      "gc",
      "cpg", "label-noise",
    ]
  ) { settings in
    (SynthesizeStage.synthesis(settings)?.findings ?? []).map { finding in
      let (first, second) =
        switch finding {
        case .negative(let name, _), .notAFraction(let name, _): (name, "seed")
        case .outside: ("length", "upstream")
        case .narrow: ("length", "task")
        case .impossibleBackground: ("cpg", "gc")
        case .crowded: ("pairs", "distance")
        case .exhausted: ("length", "train")
        }
      return .error("bad-synthesis", "\(finding)", at: first, second)
    }
  }
}
