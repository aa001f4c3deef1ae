import Foundation
import TestSupport
import Testing

/// What `check` says of inputs and of values that the file alone decides: each finding once, at its place.
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

  @Test func equalFindingsOfManyRowsAreOneLine() throws {
    let rows = (0..<120).map { _ in "AC!GT\n" }.joined()
    let text = Self.tokenizing("path: bad.csv, kind: sequences, format: csv")
    let checked = try check(text, files: ["bad.csv": "sequence\n" + rows])
    #expect(checked.status == 2)
    #expect(checked.errors.contains("`!` is no nucleotide (and 119 more like this)"))
    #expect(checked.errors.contains("120 errors; nothing was run"))
    #expect(checked.errors.components(separatedBy: "data: {").count == 2, "\(checked.errors)")
  }

  @Test func findingsOfAFileStandUnderOnePlace() throws {
    let text = Self.tokenizing("path: bad.fa, kind: sequences, format: fasta")
    let letters = "!#%&/=?;:_".map { ">r\($0)\nAC\($0)GT\n" }.joined()
    let checked = try check(text, files: ["bad.fa": letters])
    #expect(checked.errors.components(separatedBy: "data: {").count == 2, "\(checked.errors)")
    #expect(checked.errors.contains("10 errors; nothing was run"), "\(checked.errors)")
  }

  @Test func aWarningIsNoError() throws {
    let text = Self.tokenizing("path: dup.fa, kind: sequences, format: fasta")
    let checked = try check(text, files: ["dup.fa": ">a\nAC\n>a\nA!\n"])
    #expect(!checked.errors.contains("error: warning"))
    #expect(checked.errors.contains("p.yaml:4:3: warning: pipelines/dup.fa:3:2: record `a`"), "\(checked.errors)")
    #expect(checked.errors.contains("1 error; nothing was run"))
  }

  /// A step knows content, not paths: its messages name the port.
  @Test func aStepNamesThePort() throws {
    let text = Self.tokenizing("path: dup.fa, kind: sequences, format: fasta")
    let run = try check(text, files: ["dup.fa": ">a\nAC\n>a\nAG\n"], "run")
    #expect(run.status == 0)
    #expect(run.errors.contains("warning: sequences:3:2: record `a`: the name was used before"), "\(run.errors)")
  }

  @Test(arguments: [
    ("{ labels: clas }", "5:30: error: option `labels` is one of class, set, value, letters, not `clas`"),
    ("{ shares: 1 }", "5:30: error: option `shares` is three numbers from 1, as 80/10/10, not `1`"),
    ("{ lable: 2 }", "5:22: error: the format 'csv' of labelled-sequences has no option 'lable'; did you mean"),
    ("{ labels: value, metric: mcc }", "5:45: error: option `metric` is one of rmse, pearson, spearman where labels"),
    ("{ sequence: dna }", "5:32: error: pipelines/t.csv:1:1: there is no column `dna`"),
    ("{ split: fold }", "5:29: error: pipelines/t.csv:1:1: there is no column `fold`"),
  ])
  func optionsArePointedAt(options: String, expected: String) throws {
    let text = Self.tokenizing("path: t.csv, kind: labelled-sequences, format: csv", options: options)
    let checked = try check(text, files: ["t.csv": "sequence,label\nACGT,0\nTTTT,1\n"])
    #expect(checked.status == 2)
    #expect(checked.errors.contains("pipelines/p.yaml:" + expected), "\(checked.errors)")
  }

  @Test func aFolderNamesTheOptionsThatReadIt() throws {
    let text = Self.tokenizing("path: d, kind: labelled-sequences, format: csv")
    let checked = try check(text, files: ["d/a.csv": "x"])
    #expect(checked.errors.contains("name them by an option, as options: { train: NAME }"), "\(checked.errors)")
  }
}
