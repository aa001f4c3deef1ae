package import Artifacts
import Evolution
import Inputs
import Labelled
import ModelStages
import Randomness
import SequenceProfiles
import Sequences
import UseStages
import Wording

/// Changes sequences step by step, so that models find them better.
package enum DesignStage: Stage {
  static let className = ParameterKey<String>(
    "class", .string, default: "", neutral: "",
    help:
      "The class whose logit is raised, by how far it is ahead of the mean of the others'. Empty: the second of "
      + "two; a model of values has none.")
  static let partWeights = ParameterKey<[Double]>(
    "part-weights", .list(.float(-1_000_000...1_000_000)), default: [], neutral: [],
    help: "Weights of the models, in their order, and then of the likelihood; empty: each 1. A negative one lowers.")
  static let random = ParameterKey<Int>(
    "random", .int(0...1_000_000), default: 0, neutral: 0, unit: "sequences",
    help: "Random starts, in the place of the port 'sequences'.")
  static let randomLength = ParameterKey<Int>(
    "random-length", .int(1...1_000_000), default: 100, neutral: 100, unit: "letters", help: "Length of random starts.")
  static let rounds = ParameterKey<Int>(
    "rounds", .int(1...100_000), default: 50, neutral: 50, unit: "rounds", help: "Rounds of change and choice.")
  static let survivors = ParameterKey<Int>(
    "survivors", .int(1...10_000), default: 4, neutral: 4, unit: "sequences",
    help: "Best sequences of each start that go on to the next round.")
  static let offspring = ParameterKey<Int>(
    "offspring", .int(1...65_536), default: 16, neutral: 16, unit: "sequences",
    help: "New sequences of each start in a round.")
  static let edits = ParameterKey<Double>(
    "edits", .float(1...1000), default: 1.5, neutral: 1.5, unit: "edits",
    help: "Edits of a new sequence in the mean, at least one.")
  static let insertions = ParameterKey<Double>(
    "insertions", .float(0...1), default: 0, neutral: 0, unit: "share", help: "Share of edits that put a letter in.")
  static let deletions = ParameterKey<Double>(
    "deletions", .float(0...1), default: 0, neutral: 0, unit: "share", help: "Share of edits that take a letter out.")
  static let fixed = ParameterKey<[String]>(
    "fixed", .list(.string), default: [], neutral: [],
    help: "Places of the starts whose letters stay, from 1: as [1-20, 45].")
  static let require = ParameterKey<[String]>(
    "require", .list(.string), default: [], neutral: [],
    help: "Words that every result has, with the letters of IUPAC for several, as TATAWR.")
  static let forbid = ParameterKey<[String]>(
    "forbid", .list(.string), default: [], neutral: [], help: "Words that no result has, as GGTCTC.")
  static let gc = ParameterKey<[Double]>(
    "gc", .list(.float(0...1)), default: [], neutral: [], help: "Least and largest share of G and C, as [0.4, 0.6].")
  static let length = ParameterKey<[Int]>(
    "length", .list(.int(1...100_000_000)), default: [], neutral: [], unit: "letters",
    help: "Least and largest length, as [80, 120].")
  static let maxEdits = ParameterKey<Int>(
    "max-edits", .int(0...1_000_000), default: 0, neutral: 0, unit: "edits",
    help: "Edits of a result at most; 0: any number.")
  static let maxCopied = ParameterKey<Int>(
    "max-copied", .int(4...31), default: 20, neutral: 20, unit: "letters",
    help: "Letters in a row that a result may share with a sequence at 'training' (at most 11 of proteins).")

  package static let declaration = StageDeclaration(
    name: "design", version: 2,
    summary: "Change sequences step by step, so that models find them better, within constraints.",
    parameters: [
      className.parameter, partWeights.parameter, random.parameter, randomLength.parameter, rounds.parameter,
      survivors.parameter, offspring.parameter, edits.parameter, insertions.parameter, deletions.parameter,
      fixed.parameter, require.parameter, forbid.parameter, gc.parameter, length.parameter, maxEdits.parameter,
      maxCopied.parameter, LanguageModel.tag.parameter, .seed, .alphabet,
    ],
    inputs: [
      InputPort(
        "sequences", [.sequences], required: false, help: "Starts, each of which gives one result."),
      InputPort(
        "model", [.model], required: false, acceptsSeveral: true,
        help: "Fine-tuned models whose output is raised, of one sequence each."),
      InputPort("weights", [.weights], required: false, help: "Weights of ntp whose likelihood is raised."),
      InputPort("tokenizer", [.tokenizer], required: false, help: "The tokenizer of the weights."),
      InputPort("architecture", [.architecture], required: false, acceptsText: true, help: "The path of the weights."),
      InputPort(
        "training", [.sequences, .labelledSequences], required: false, acceptsSeveral: true,
        help: "Sequences from which results keep a distance: 'max-copied'."),
    ],
    outputs: [
      OutputPort(
        "sequences", .sequences, .file,
        help: "FASTA: the best of each start, with scores of both in the header, and 'breaks' where it breaks "
          + "constraints."),
      OutputPort(
        "edits", .predicted, .file,
        help: "A TSV, a row for each edit of each result: round, place (from 1, as the sequence was then), letters "
          + "before and after, scores before and after the round's edits."),
      OutputPort("course", .design, .file, help: "Scores by round, and what became of constraints."),
    ],
    isParallel: true,
    rules: [.startsAndParts],
    forms: [.architecture(at: "architecture")],
    example: """
      better:
        stage: design
        with: { random: 20, random-length: 100, rounds: 60, forbid: [GGTCTC], gc: [0.4, 0.6] }
        in: { model: $scores.model }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let score = try SequenceScore(context)
    let starts = try DesignStarts(context, score.alphabet)
    let constraints = try Constraints(context, score.alphabet)
    let longest = starts.sequences.map(\.count).max() ?? 0
    if let beyond = constraints.fixed.first(where: { $0.upperBound > longest }) {
      throw StageFailure(
        code: "bad-places", "'fixed' has the place \(beyond.upperBound), the longest start has \(longest) letters")
    }
    var setting = Evolution.Setting()
    (setting.rounds, setting.survivors) = (context[rounds], context[survivors])
    (setting.offspring, setting.seed) = (context[offspring], context[.seed])
    setting.more = 1 - 1 / context[edits]
    let (insertions, deletions) = (context[insertions], context[deletions])
    guard insertions + deletions <= 1 else {
      throw StageFailure(code: "bad-shares", "'insertions' and 'deletions' are more than all edits")
    }
    setting.kinds = [1 - insertions - deletions, insertions, deletions]
    var (courses, first): ([DesignDocument.Round], [Double]) = ([], [])
    let evolution = Evolution(starts.sequences, score.alphabet, setting, constraints)
    let populations = try evolution.run(
      scores: score.scores, isCancelled: context.isInterrupted
    ) { round, scored, populations in
      let best = populations.map { $0[0].score }
      if round == 0 { first = best }
      courses.append(
        DesignDocument.Round(
          scored: scored, mean: best.reduce(0, +) / Double(max(1, best.count)), least: best.min() ?? 0,
          largest: best.max() ?? 0))
      context.report(
        .progress(
          done: round, total: setting.rounds, unit: "rounds", detail: "best \(Words.fixed(courses.last?.mean ?? 0, 3))")
      )
    }
    guard let populations else { throw Interrupted() }
    try write(populations.map { $0[0] }, from: first, starts, score, constraints, courses, context)
  }

  private static func write(
    _ best: [Evolution.Member], from first: [Double], _ starts: DesignStarts, _ score: SequenceScore,
    _ constraints: Constraints,
    _ courses: [DesignDocument.Round], _ context: StageContext
  ) throws {
    let sequences = FASTAOutput(try context.outputs.create("sequences", ""))
    let edits = DelimitedOutput(
      try context.outputs.create("edits", ""), .tab,
      header: ["name", "round", "place", "from", "to", "score_before", "score_after"])
    for (index, member) in best.enumerated() {
      let name = starts.names[index]
      try sequences.add(
        "\(name) score=\(Words.fixed(member.score, 6)) start=\(Words.fixed(first[index], 6)) "
          + "edits=\(member.edits.count)\(member.excess > 0 ? " breaks=\(member.excess)" : "")",
        member.sequence)
      for edit in member.edits {
        let row = [
          name, "\(edit.round)", "\(edit.place + 1)", edit.from, edit.to, Words.fixed(edit.before, 6),
          Words.fixed(edit.after, 6),
        ]
        try edits.add(row.map { Array($0.utf8) })
      }
    }
    try sequences.close()
    try edits.close()
    let reasons = best.compactMap { constraints.broken(by: $0.sequence, score.alphabet).first?.reason }
    if let reason = reasons.first {
      context.report(
        .warning("\(Words.part(reasons.count, of: best.count, "results")) break a constraint: \(reason), for one"))
    }
    try context.outputs.write(
      "course", "",
      JSONArtifact.encode(
        DesignDocument(
          parts: score.parts, starts: best.count, scored: courses.last?.scored ?? 0, rounds: courses,
          broken: reasons.count, reason: reasons.first, unchanged: best.count { $0.edits.isEmpty },
          meanEdits: Double(best.reduce(0) { $0 + $1.edits.count }) / Double(max(1, best.count)))))
  }
}

extension StageRule {
  /// Starts are given or random, and weights come with their tokenizer and a path.
  fileprivate static let startsAndParts: StageRule = StageRule(
    reads: [
      DesignStage.random.name, DesignStage.randomLength.name, DesignStage.maxCopied.name, DesignStage.className.name,
      LanguageModel.tag.name,
    ], isOfAll: true
  ) { settings in
    var found: [StageFinding] = []
    let random = settings[DesignStage.random] ?? 0
    if settings.bound.contains("sequences"), random > 0 {
      found.append(.error("two-starts", "'random' stands in the place of the port 'sequences'", at: "sequences"))
    }
    if settings.bound.contains("weights") {
      found += ["tokenizer", "architecture"].filter { !settings.bound.contains($0) }.map {
        .error("bad-ports", "weights need '\($0)' beside them", at: "weights")
      }
    }
    let unread = DesignStage.declaration.unread
    if random == 0 { found += unread([DesignStage.randomLength.name], settings, "no start is random") }
    if !settings.bound.contains("training") {
      found += unread([DesignStage.maxCopied.name], settings, "no 'training' is bound")
    }
    if !settings.bound.contains("model") {
      found += unread([DesignStage.className.name], settings, "no 'model' is bound")
    }
    if !settings.bound.contains("weights") {
      found += unread([LanguageModel.tag.name], settings, "no 'weights' is bound")
    }
    return found
  }
}

extension ArtifactKind {
  /// The course of an evolution of sequences.
  package static let design = ArtifactKind("design")
}
