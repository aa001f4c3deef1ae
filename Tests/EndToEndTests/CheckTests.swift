import Foundation
import TestSupport
import Testing

/// Findings of `check` about inputs and values that the file alone decides: each once, at its place.
@Suite struct CheckTests {
  /// A pipeline that tokenizes one input; the input's line is line 4, its options are on line 5.
  static func tokenizing(_ input: String, options: String = "{}") -> String {
    """
    bioarc: 1
    name: check
    inputs:
      data: { \(input),
              options: \(options) }
    stages:
      cut: { stage: tokenize, with: { k: 1 }, in: { sequences: $data } }
    """
  }

  private func check(_ text: String, files: [String: String], _ verb: String = "check") throws -> Execution {
    let workspace = try Workspace()
    try workspace.write("pipelines/p.yaml", text)
    for (name, text) in files { try workspace.write("pipelines/" + name, text) }
    return try workspace.bioarc(verb, "pipelines/p.yaml")
  }

  @Test func `equal findings of many rows are one line`() throws {
    let rows = (0..<120).map { _ in "AC!GT\n" }.joined()
    let text = Self.tokenizing("path: bad.csv, kind: sequences, format: csv")
    let checked = try check(text, files: ["bad.csv": "sequence\n" + rows])
    #expect(checked.status == 2)
    #expect(checked.errors.contains("`!` is no nucleotide (and 119 more like this)"))
    #expect(checked.errors.contains("120 errors; nothing was run"))
    #expect(checked.errors.components(separatedBy: "data: {").count == 2, "\(checked.errors)")
  }

  @Test func `findings of a file stand under one place`() throws {
    let text = Self.tokenizing("path: bad.fa, kind: sequences, format: fasta")
    let letters = "!#%&/=?;:_".map { ">r\($0)\nAC\($0)GT\n" }.joined()
    let checked = try check(text, files: ["bad.fa": letters])
    #expect(checked.errors.components(separatedBy: "data: {").count == 2, "\(checked.errors)")
    #expect(checked.errors.contains("10 errors; nothing was run"), "\(checked.errors)")
  }

  @Test func `a warning is no error`() throws {
    let text = Self.tokenizing("path: dup.fa, kind: sequences, format: fasta")
    let checked = try check(text, files: ["dup.fa": ">a\nAC\n>a\nA!\n"])
    #expect(!checked.errors.contains("error: warning"))
    #expect(checked.errors.contains("p.yaml:4:3: warning: pipelines/dup.fa:3:2: record `a`"), "\(checked.errors)")
    #expect(checked.errors.contains("1 error; nothing was run"))
  }

  /// A step knows content, not paths: its messages name the port.
  @Test func `a step names the port in its warnings`() throws {
    let text = Self.tokenizing("path: dup.fa, kind: sequences, format: fasta")
    let run = try check(text, files: ["dup.fa": ">a\nAC\n>a\nAG\n"], "run")
    #expect(run.status == 0)
    #expect(run.errors.contains("warning: sequences:3:2: record `a`: the name was used before"), "\(run.errors)")
  }

  @Test(arguments: [
    ("{ labels: clas }", "5:30: error: option `labels` is one of class, name, set, value, letters, not `clas`"),
    ("{ shares: 1 }", "5:30: error: option `shares` is three numbers from 1, as 80/10/10, not `1`"),
    ("{ lable: 2 }", "5:22: error: the format 'csv' of labelled-sequences has no option 'lable'; did you mean"),
    (
      "{ labels: value, metric: mcc }",
      "5:45: error: option `metric` is one of rmse, r2, pearson, spearman where labels"
    ),
    ("{ sequence: dna }", "5:32: error: pipelines/t.csv:1:1: there is no column `dna`"),
    ("{ split: fold }", "5:29: error: pipelines/t.csv:1:1: there is no column `fold`"),
  ])
  func `options that are wrong are pointed at`(options: String, expected: String) throws {
    let text = Self.tokenizing("path: t.csv, kind: labelled-sequences, format: csv", options: options)
    let checked = try check(text, files: ["t.csv": "sequence,label\nACGT,0\nTTTT,1\n"])
    #expect(checked.status == 2)
    #expect(checked.errors.contains("pipelines/p.yaml:" + expected), "\(checked.errors)")
  }

  @Test func `a folder's finding names the options that read it`() throws {
    let text = Self.tokenizing("path: d, kind: labelled-sequences, format: csv")
    let checked = try check(text, files: ["d/a.csv": "x"])
    #expect(checked.errors.contains("name them by an option, as options: { train: NAME }"), "\(checked.errors)")
  }

  /// A pipeline whose fine-tune has the text `architecture`, on line 9.
  private static func tuning(_ architecture: String) -> String {
    """
    bioarc: 1
    name: check
    stages:
      promoters: { stage: synthesize, with: { train: 40, dev: 10, test: 10 } }
      tokens: { stage: tokenize, with: { k: 2 }, in: { sequences: $promoters } }
      tuned:
        stage: fine-tune
        in: { tokenizer: $tokens.tokenizer, task: $promoters,
              architecture: \(architecture) }
    """
  }

  @Test(arguments: [
    ("c64_t64", "is no architecture: unexpected '_': layers are joined by -; did you mean 'c64-t64'?"),
    ("C8", "is no architecture: unknown module letter 'C': one of c, l, t, m, h, g, p; did you mean 'c8'?"),
    ("t100", "transformer width 100 is not a multiple of 64: choose one, or state the heads"),
    ("x64", "unknown module letter 'x': one of c, l, t, m, h, g, p"),
    ("c0", "width 0 is not in 1...8192"),
    ("l9", "lstm width 9 is odd: its two directions have half each; did you mean 'l10'?"),
    ("''", "an architecture needs at least one layer"),
    ("c8(kernl=3)", "module cnn has no option kernl: did you mean kernel?; did you mean 'c8(kernel=3)'?"),
    ("c8(kernel=999)", "kernel 999 is not in 1...255"),
    ("t32(heads=5)", "transformer width 32 cannot be divided into 5 heads"),
    ("c8(kernel=4)", "must be odd for a bidirectional convolution"),
  ])
  func `an architecture that cannot be built is explained`(text: String, expected: String) throws {
    let workspace = try Workspace()
    try workspace.write("pipelines/p.yaml", Self.tuning(text))
    let run = try workspace.bioarc("run", "pipelines/p.yaml")
    #expect(run.status == 2)
    #expect(run.errors.contains("p.yaml:9:25: error: '\(text == "''" ? "" : text)' "), "\(run.errors)")
    #expect(run.errors.contains(expected), "\(run.errors)")
    #expect(run.errors.contains("nothing was run"))
    let results = try workspace.bioarc("runs", "pipelines/p.yaml")
    #expect(!results.output.contains("check"), "\(results.output)")
  }

  /// Items of axes and values of `--set` are values of the file too.
  @Test func `architectures from axes and from the command line are checked`() throws {
    let workspace = try Workspace()
    let text = Self.tuning("$a").replacing("    in: { tok", with: "    for: { a: [c16, x9] }\n    in: { tok")
    try workspace.write("pipelines/p.yaml", text)
    let axis = try workspace.bioarc("check", "pipelines/p.yaml")
    #expect(axis.status == 2)
    #expect(axis.errors.contains("p.yaml:8:21: error: 'x9' is no architecture"), "\(axis.errors)")
    let param = Self.tuning("$params.a").replacing("stages:", with: "params: { a: c8 }\nstages:")
    try workspace.write("pipelines/p.yaml", param)
    #expect(try workspace.bioarc("check", "pipelines/p.yaml").status == 0)
    let set = try workspace.bioarc("check", "pipelines/p.yaml", "--set", "a=c64_t64")
    #expect(set.status == 2)
    #expect(set.errors.contains("--set:1:3: error: 'c64_t64' is no architecture"), "\(set.errors)")
    #expect(set.errors.contains("did you mean 'c64-t64'?"))
  }

  @Test(arguments: [
    ("sample-space, with: { modules: [] }", "4:46: error: modules is empty"),
    ("sample-space, with: { depths: [] }", "4:45: error: depths is empty"),
    (
      "sample-space, with: { widths: [64, 100], modules: [transformer], count: 2 }",
      "4:50: error: transformer width 100 is not a multiple of 64"
    ),
    (
      "sample-space, with: { modules: [cnn], depths: [2], widths: [8, 16], count: 99 }",
      "4:90: error: 99 architectures are asked for, but only 1 is left"
    ),
    (
      "sample-space, with: { architectures: [c8, c8_c8] }",
      "4:57: error: 'c8_c8' is no architecture"
    ),
    ("synthesize, with: { length: 40 }", "4:43: error: Inr begins at index 48"),
    ("synthesize, with: { gc: 1, cpg: 0 }", "error: no background has GC 1.0 and CpG 0.0"),
  ])
  func `values that no stage can work with are found`(stage: String, expected: String) throws {
    let workspace = try Workspace()
    try workspace.write("pipelines/p.yaml", "bioarc: 1\nname: x\nstages:\n  s: { stage: \(stage) }\n")
    let checked = try workspace.bioarc("check", "pipelines/p.yaml")
    #expect(checked.status == 2)
    #expect(checked.errors.contains(expected), "\(checked.errors)")
  }

  private static let training = """
    bioarc: 1
    name: x
    inputs: { g: { path: g.fa, kind: sequences, format: fasta, options: { alphabet: protein } } }
    stages:
      tokens: { stage: tokenize, with: { TOKENS }, in: { sequences: $g } }
      model:
        stage: pretrain
        with: { MODEL }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: c8 }
    """

  @Test(arguments: [
    ("k: 4", "", "5:41: error: k is 4; for protein at most 3"),
    ("scheme: byte, k: 4", "", "5:55: error: 'k' belongs to the scheme 'kmer'; 'byte' does not read it"),
    ("k: 2, stride: 3", "", "5:52: warning: k-mers of 2 letters that start every 3 leave out 1 of 3 letters"),
    ("k: 2", "mask: 0.2, objective: ntp", "8:19: error: 'mask' belongs to the objective 'mm'"),
    ("k: 2", "held-out-length: 8", "8:30: error: 'held-out-length' belongs to 'held-out: all'"),
    ("k: 2", "decay-from: 8", "8:25: error: a constant schedule has no fall, so 'decay-from' is not read"),
    ("k: 2", "schedule: wsd", "8:23: error: the schedule 'wsd' needs 'decay-steps'"),
    ("k: 2", "schedule: wsd, decay-steps: 50, warm-up: 60", "8:41: error: the fall of the learning rate ends"),
    (
      "k: 2", "schedule: wsd, decay-from: 2000, decay-steps: 50, warm-up: 6",
      "8:40: warning: the learning rate does not fall: 'decay-from' is 2000, the training has 1000 steps"
    ),
    ("k: 2", "objective: cl, batch: 1", "8:35: error: a contrast needs a batch of at least 2"),
    ("k: 2", "held-out: all, held-out-context: 200", "8:46: error: 'held-out-context' of 200 tokens leaves nothing"),
  ])
  func `values that contradict each other are found`(tokens: String, model: String, expected: String) throws {
    let workspace = try Workspace()
    let text = Self.training.replacing("TOKENS", with: tokens).replacing("MODEL", with: model)
    try workspace.write("pipelines/p.yaml", text)
    try workspace.write("pipelines/g.fa", ">a\nMKV\n")
    let checked = try workspace.bioarc("check", "pipelines/p.yaml")
    #expect(checked.errors.contains("pipelines/p.yaml:" + expected), "\(checked.errors)")
    #expect(checked.status == (expected.contains("error:") ? 2 : 0), "\(checked.errors)")
  }

  private static let tuning = """
    bioarc: 1
    name: x
    inputs: { t: { path: t.csv, kind: labelled-sequences, format: csv } }
    stages:
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $t } }
      net:
        stage: pretrain
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: c8 }
      model:
        stage: fine-tune
        with: { MODEL }
        in: { tokenizer: $tokens.tokenizer, WEIGHTS architecture: c8, task: $t }
    """

  @Test(arguments: [
    ("decay-epochs: 2", "11:27: error: a constant schedule has no fall, so 'decay-epochs' is not read"),
    ("schedule: wsd", "11:23: error: the schedule 'wsd' needs 'decay-epochs'"),
    ("schedule: wsd, decay-steps: 9", "11:28: error: fine-tune has no parameter 'decay-steps'"),
    (
      "schedule: wsd, decay-epochs: 1.5, warm-up-epochs: 2",
      "11:42: error: the fall of the learning rate ends before its warm-up does: at epoch 1.5 of 2"
    ),
    ("warm-up-epochs: 2, warm-up: 9", "11:29: error: 'warm-up' and 'warm-up-epochs' state one thing"),
    (
      "epochs: 8, schedule: wsd, decay-from-epoch: 8, decay-epochs: 1",
      "11:57: warning: the learning rate does not fall: 'decay-from-epoch' is 8, the training has 8 epochs"
    ),
    (
      "epochs: 8, schedule: wsd, decay-from-epoch: 4, decay-epochs: 1.5",
      "11:74: warning: nothing is learnt after epoch 5.5 of 8"
    ),
    ("linear-probe: true, epochs: 9", "11:41: warning: 'epochs' is not read: a linear probe is one fit to features"),
    ("linear-probe: true, dropout: 0.0", "11:42: warning: 'dropout' is not read"),
    ("linear-probe: true, schedule: cosine, decay-epochs: 5", "warning: 'decay-epochs' is not read: a linear probe"),
    ("linear-probe: true, seed: 3", "11:39: warning: 'seed' is not read: a probe of trained weights draws nothing"),
  ])
  func `values of a fine-tune that are not read or contradict each other are found`(model: String, expected: String)
    throws
  {
    let workspace = try Workspace()
    let text = Self.tuning.replacing("MODEL", with: model)
    try workspace.write("pipelines/t.csv", "sequence,label\nACGT,1\n")
    let check = { (weights: String) in
      try workspace.write("pipelines/p.yaml", text.replacing("WEIGHTS", with: weights))
      return try workspace.bioarc("check", "pipelines/p.yaml")
    }
    let checked = try check("weights: $net.weights,")
    #expect(checked.errors.contains(expected), "\(checked.errors)")
    #expect(checked.status == (expected.contains("error:") ? 2 : 0), "\(checked.errors)")
    let scratch = try check("").errors
    #expect(scratch.contains(expected) != expected.contains("'seed'"), "\(scratch)")
  }

  /// The way to write options of blocks stands where a user looks for it.
  @Test(arguments: ["sample-space", "pretrain", "fine-tune"]) func `the help tells how options of blocks are written`(
    stage: String
  ) throws {
    let workspace = try Workspace()
    let help = try workspace.bioarc("stages", stage).output
    #expect(help.contains("c64(kernel=5,dilation=2)-t128"), "\(help)")
    for word in ["dilation", "heads", "expand", "sine", "1 to 255", "default 9"] { #expect(help.contains(word)) }
    let schema = try workspace.bioarc("schema").output
    #expect(schema.contains("taps of the convolution"))
  }
}
