import Testing

@testable import Artifacts

@Suite struct FilePatternTests {
  typealias Match = FilePattern.Match

  @Test func `a pattern that is a plain name is a file`() {
    #expect(FilePattern("a.fa").file == "a.fa")
    #expect(FilePattern("positive = a.fa").file == "a.fa")
    #expect(FilePattern("positive=a.fa").match("a.fa") == Match(label: "positive"))
    #expect(FilePattern("sub/k=6.fa").file == "sub/k=6.fa")
    #expect(FilePattern("*.fa").file == nil)
  }

  @Test(arguments: [
    ("*.fa", ["a.fa", ".fa"], ["a.fasta", "sub/a.fa", "fa"]),
    ("?.fa", ["a.fa"], [".fa", "ab.fa"]),
    ("**/*.fa", ["a.fa", "x/a.fa", "x/y/a.fa"], ["a.txt"]),
    ("x/**", ["x/a", "x/y/a"], ["x", "y/a"]),
    ("*.*", ["a.b.c", "."], ["a"]),
  ]) func `a glob matches the paths that it means`(_ pattern: String, _ yes: [String], _ no: [String]) {
    for path in yes { #expect(FilePattern(pattern).match(path) != nil, "\(path)") }
    for path in no { #expect(FilePattern(pattern).match(path) == nil, "\(path)") }
  }

  @Test func `paths say classes and splits`() {
    let folders = FilePattern("{split}/{class}/*.txt")
    #expect(folders.match("train/positive/0.txt") == Match(label: "positive", split: "train"))
    #expect(folders.match("train//0.txt") == nil)
    #expect(FilePattern("{class}.fa*").match("E. coli.fa.gz") == Match(label: "E. coli"))
    #expect(FilePattern("{split}_{class}.fa").match("test_a_b.fa") == Match(label: "a_b", split: "test"))
    #expect(FilePattern("neg={split}/bg.fa").match("dev/bg.fa") == Match(label: "neg", split: "dev"))
  }

  @Test(arguments: [1, 2, 9, 10, 12, 1234]) func `names in a tree are in order and read back`(_ count: Int) {
    let match = Match(label: "a:split=b", split: "train")
    let names = (1...count).map { InputFile.name("files", $0, of: count, match) }
    #expect(Set(names).count == count)
    for name in names {
      #expect(InputFile.parts(of: name).option == "files")
      #expect(InputFile.parts(of: name).match == match)
    }
    let bare = (1...count).map { InputFile.name("train", $0, of: count, Match()) }
    #expect(bare == bare.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    // Names of a few files are what they always were.
    if count == 9 { #expect(bare.prefix(2) == ["train", "train.2"]) }
  }

  @Test func `files of a format are those that match`() {
    let format = InputFormat(
      name: "f", kind: .sequences,
      options: [InputOption("files", .files, help: "."), InputOption("train", .files, help: ".")],
      help: "."
    ) { _, _ in [] }
    let paths = ["b.fa", "a.fa", "x/c.fa", "notes.txt"]
    let found = format.files(["files": "*.fa, x/c.fa, a*", "train": "none-*"]) { paths }
    #expect(found.files.map(\.name) == ["files", "files.2", "files.3"])
    #expect(found.files.map(\.file) == ["a.fa", "b.fa", "x/c.fa"])
    #expect(found.matches.map(\.paths) == [["a.fa", "b.fa"], ["a.fa"], []])
    #expect(found.problems.map(\.option) == ["train"])
    #expect(found.problems[0].message.contains("no file matches 'none-*'"))
    let twice = format.files(["files": "*.fa", "train": "a.fa"]) { paths }
    #expect(twice.problems.map(\.message) == ["'a.fa' is read twice, by the options 'files' and 'train'"])
    #expect(format.readsFolder(["files": "a"]) && !format.readsFolder([:]))
    // The folder is not listed for plain names.
    _ = format.files(["files": "a.fa"]) {
      Issue.record("the folder was listed")
      return []
    }
  }
}
