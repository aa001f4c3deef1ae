import Artifacts
import Testing

@Suite struct StageCommandTests {
  static let declaration = StageDeclaration(
    name: "count", version: 1, summary: "",
    parameters: [
      Parameter("k", .int(1...8), default: .int(3), neutral: .int(3), help: ""),
      Parameter("free", .string, default: nil, neutral: nil, help: ""),
      Parameter("label", .string, default: .string("x"), neutral: .string("x"), role: .resource, help: ""),
    ], inputs: [],
    outputs: [
      OutputPort("table", ArtifactKind("table"), .tree, member: ArtifactKind("row"), help: "Help."),
      OutputPort("log", ArtifactKind("log"), .file, help: ""),
    ], example: "")

  @Test func `a command is decoded as it was encoded`() throws {
    let command = StageCommand(arguments: ["sh", "{step}", ""], environment: ["B", "A"], of: Self.declaration)
    let read = try StageCommand(decoding: command.encoded())
    #expect(read.encoded() == command.encoded())
    #expect(read.arguments == ["sh", "{step}", ""] && read.environment == ["A", "B"])
    #expect(read.neutral == ["k": .int(3)])
    #expect(read.outputs.map(\.name) == ["log", "table"] && read.outputs[1].member == ArtifactKind("row"))
    #expect(throws: CanonicalError.self) { try StageCommand(decoding: Canonical.list([]).encoded()) }
  }

  /// A form that a port asks for is in the key; a command without one is encoded as before there were any.
  @Test func `a form that a port asks for is in the key`() throws {
    let port = { (form: InputForm?) in
      StageDeclaration(
        name: "count", version: 1, summary: "", parameters: [],
        inputs: [InputPort("task", [.labelledSequences], form: form, help: "")],
        outputs: [OutputPort("log", ArtifactKind("log"), .file, help: "")], example: "")
    }
    let plain = StageCommand(arguments: ["sh"], environment: [], of: port(nil))
    let asked = StageCommand(arguments: ["sh"], environment: [], of: port(.table))
    #expect(try Canonical(decoding: plain.encoded()).list().count == 5)
    #expect(try Canonical(decoding: asked.encoded()).list().last == .map(["task": .string("table/2")]))
    #expect(try StageCommand(decoding: asked.encoded()).forms == ["task": .table])
    #expect(try StageCommand(decoding: plain.encoded()).forms.isEmpty)
    let other = try Canonical.list(Canonical(decoding: plain.encoded()).list() + [.map(["task": .string("table/0")])])
    #expect(throws: CanonicalError.self) { try StageCommand(decoding: other.encoded()) }
  }

  @Test func `places of a port are named and sorted by number`() {
    #expect(PortPlace("sequences").name == "sequences" && PortPlace("sequences", 2).name == "sequences.2")
    #expect(["a.10", "b", "a.2", "a"].map { PortPlace($0) }.sorted().map(\.name) == ["a", "a.2", "a.10", "b"])
  }

  @Test func `names of code give back the paths of its files`() {
    for path in ["a.py", "lib/deep/a b.py", "100%/x%2Fy", "é.sh"] {
      let name = CommandTree.name(ofCode: path)
      #expect(!name.contains("/"))
      #expect(CommandTree.path(ofName: name) == path)
    }
    #expect(CommandTree.path(ofName: "stage") == nil)
    for bad in ["code%2F", "code%2F..%2Fx", "code%2Fa%2F%2Fb", "code%2Fa%41", "code%2F%", "code%2F."] {
      #expect(CommandTree.path(ofName: bad) == nil, "\(bad)")
    }
  }

  @Test func `places in arguments are told from text`() {
    #expect(StageCommand.pieces(of: "{code}/a.py") == [.place("code"), .text("/a.py")])
    #expect(StageCommand.pieces(of: "awk {{print}}") == [.text("awk {print}")])
    #expect(StageCommand.pieces(of: "{{{with.k}}}") == [.text("{"), .place("with.k"), .text("}")])
    #expect(StageCommand.pieces(of: "") == [])
    for bad in ["{", "}", "a{b", "{a}}", "{{}"] { #expect(StageCommand.pieces(of: bad) == nil, "\(bad)") }
  }
}
