import Plans
import Stages
import YAML

extension StudyGuess {
  /// A pipeline on synthetic promoters, for a user who has no data at hand.
  package static func synthetic(name: String) -> String {
    """
    # A search on synthetic promoters, which need no data: one minute on two cores. Every line may be edited.
    # 'bioarc plan' says what an edit reruns, 'bioarc stages NAME' explains a stage.
    bioarc: 1
    name: \(name)
    stages:
      task:                                     # promoters with and without motifs, in train, dev and test
        stage: synthesize
        with: { seed: 1 }

    """ + (StudyGuess.synthetic.labelledStages.joined(separator: "\n") + "\n")
  }

  /// The text of a pipeline that studies the data: a baseline and a small search, commented, that runs as it is.
  ///
  /// - Parameters:
  ///   - name: the pipeline's.
  ///   - data: the user's name for the data.
  ///   - path: the place of the data's file or folder, from the pipeline's folder.
  package func pipeline(name: String, data: String, path: String) -> String {
    var lines = [
      labels == nil
        ? "# How well do small architectures predict the sequences of '\(data)'?"
        : "# Which small architecture reads '\(data)' best, and is it better than counting k-mers?",
      "# Written by 'bioarc init' from what the beginning of the data shows; every line may be edited. 'bioarc check'",
      "# finds mistakes, 'bioarc plan' says what an edit reruns, 'bioarc stages NAME' explains a stage.",
      "bioarc: 1", "name: \(name)", "inputs:",
    ]
    for input in inputs { lines += text(of: input, path) }
    lines.append("stages:")
    lines += labels == nil ? unlabelledStages : labelledStages
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(of input: Input, _ path: String) -> [String] {
    let place = input.path.isEmpty ? path : path + "/" + input.path
    var lines = [
      "  \(input.name):", "    path: \(YAMLWriter.string(place))", "    kind: \(input.kind)",
      "    format: \(input.format)",
    ]
    if !input.options.isEmpty {
      lines.append("    options:                                # 'bioarc formats \(input.format)' lists them all")
      lines += input.options.map { "      \($0.name): \(YAMLWriter.string($0.value))" }
    }
    return lines
  }

  // MARK: Stages

  private var isLettered: Bool { labels == "letters" }

  /// One token a residue of proteins, and a letter where each has its label; for other DNA an axis of two
  /// tokenizations.
  private func tokens(_ source: String) -> [String] {
    if isProtein || isLettered {
      return [
        "  tokens:", "    stage: tokenize", "    with: { scheme: character\(isProtein ? ", alphabet: protein" : "") }",
        "    in: { sequences: \(source) }",
      ]
    }
    return [
      "  tokens:                                   # all that reads it is done for each k", "    stage: tokenize",
      "    for: { k: [1, 3] }", "    with: { scheme: kmer, k: $k }", "    in: { sequences: \(source) }",
    ]
  }

  private var space: [String] {
    [
      "  space:                                    # the architectures that are compared", "    stage: sample-space",
      "    with: { modules: [cnn, transformer], depths: [2, 3], widths: [32, 64], count: 4, min-distance: 0 }",
    ]
  }

  /// - Parameter positions: places of tokens that the weights know; 0 for none.
  private func supernet(length: Int, positions: Int = 0) -> [String] {
    let places = positions > 0 ? ", positions: learned, max-positions: \(max(length, positions))" : ""
    return [
      "  supernet:                                 # shared weights of all of them, by masked modelling",
      "    stage: pretrain", "    with: { steps: 300, batch: 32, length: \(length)\(places) }",
      "    in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }",
    ]
  }

  private var labelledStages: [String] {
    var lines: [String] = []
    var task = "$task"
    if inputs.contains(where: { $0.kind == "intervals" }) {
      lines += [
        "  task:                                     # windows on the intervals, and windows that are like them",
        "    stage: intervals", "    with: { length: 200, seed: 1, record-names: loose }",
        "    in: { genome: $genome, intervals: $places }",
      ]
      task = "$task.sequences"
    }
    if !isLettered {
      lines += [
        "  baseline:                                 # a linear model of k-mers: what the search must be held against",
        "    stage: baseline", "    in: { task: \(task) }",
      ]
    }
    // Fewer for large tasks, so that the first run ends soon.
    let epochs = max(3, min(20, 20_000 / max(1, rows)))
    let candidate = isProtein || isLettered ? "[architecture]" : "[k, architecture]"
    // Letters beyond it are not read: where each has a label, all should be.
    let most = isLettered ? 8192 : 1024
    let read = max(16, min(longest, most))
    lines += tokens(task) + space + supernet(length: max(16, min(longest, 512)), positions: isLettered ? 0 : read)
    let recipe = isLettered ? "epochs: \(epochs), lr: 0.003" : "preset: standard, epochs: \(epochs)"
    lines += [
      "  scores:                                   # each architecture trained and measured on the task",
      "    stage: fine-tune", "    for: { architecture: $space.architectures }",
      "    with: { \(recipe), max-length: \(read) }", "    in:",
      "      weights: $supernet.weights", "      tokenizer: $tokens.tokenizer", "      architecture: $architecture",
      "      task: \(task)",
      "  ranking:                                  # by dev; test is only reported", "    stage: rank", "    in:",
      "      scores: { from: [$scores.metrics, $scores.predictions], over: { candidate: \(candidate) } }",
    ]
    if !isLettered { lines.append("      baselines: [$baseline.metrics, $baseline.predictions]") }
    return lines
  }

  private var unlabelledStages: [String] {
    var lines: [String] = []
    var source = "$sequences"
    if longest > 2_000 && !isProtein {
      lines += [
        "  windows:                                  # pieces of one length; the end of each record is held out",
        "    stage: windows", "    with: { length: 512, held-out: 0.1 }", "    in: { sequences: $sequences }",
      ]
      source = "$windows"
    }
    lines += tokens(source)
    if source == "$sequences" {
      let with = lines.firstIndex { $0.hasPrefix("    with:") }!
      lines[with] = lines[with].replacing(" }", with: ", held-out: 0.1 }")
    }
    return lines + [
      "  models:                                   # the fewer bits per letter of what is held out, the better",
      "    stage: pretrain", "    for: { architecture: [c32-c64, t32-t64, c32-t64] }",
      "    with: { objective: ntp, steps: 300, batch: 32, length: \(max(16, min(longest, 512))) }",
      "    in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: $architecture }",
    ]
  }
}
