import Artifacts
import Plans
import Sessions
import Stages
import Syntax
import Texts
import YAML

/// A file that is open in the editor, with what is known of it.
package struct OpenFile {
  enum Kind { case pipeline, stage, other }

  /// The text as it is read, at one version.
  package struct Analysis: Sendable {
    let findings: [Diagnostic]
    /// The texts that findings point into, by path.
    let sources: [String: String]
    let plan: Plan?
    /// The things that can be named.
    var vocabulary = Vocabulary([])
  }

  /// A text to be read, which takes long where it is big.
  package struct Reading: Sendable {
    let document: TextDocument
    let path: String
    let kind: Kind
    /// The number of times that the file changed.
    let changes: Int
    let stageFiles: @Sendable (String) -> [StageFile]

    package func analysis() -> Analysis {
      let registry = StageRegistry.builtIn
      switch kind {
      case .pipeline:
        let files = path.hasPrefix("/") ? stageFiles(path) : []
        let planned = Planner.plan(
          text: document.bytes, file: path, overrides: [], declarations: registry.declarations, stageFiles: files,
          formats: registry.formats)
        return Analysis(
          findings: planned.findings, sources: planned.sources, plan: planned.plan, vocabulary: Vocabulary(files))
      case .stage:
        let read = StageFile(path: path, text: document.bytes).read(builtIn: registry.declarations)
        return Analysis(findings: read.findings, sources: [path: read.source], plan: nil)
      case .other: return Analysis(findings: [], sources: [:], plan: nil)
      }
    }
  }

  private(set) var document: TextDocument
  /// An absolute path, or the URI of a text that is no file.
  let path: String
  let isFile: Bool
  private var outlined: Outline?
  private(set) var analysis: Analysis?
  private var changes = 0
  /// The number of changes at the last reading that was asked for.
  private var asked = -1
  /// The things that could be named when the text was last read.
  private(set) var vocabulary = Vocabulary([])
  /// The last plan without errors, and the version of its text.
  private(set) var goodPlan: (plan: Plan, version: Int)?

  /// Whether the text has changed since its findings were told.
  private(set) var isDue = true
  /// Whether somebody wants to know how the plan stands now.
  var wantsStanding = false
  /// How a good plan stood when that was looked up last.
  private(set) var standing: PipelineStanding?
  private var standingVersion: Int?

  init(_ document: TextDocument) {
    self.document = document
    let path = FileURI.path(document.uri)
    (self.path, isFile) = (path ?? document.uri, path != nil)
  }

  mutating func change(_ body: (inout TextDocument) -> Void) {
    body(&document)
    outlined = nil
    forget()
  }

  /// Lets the text be read again, and its standing be looked up, as after a change of a file that it names.
  mutating func forget() { (analysis, isDue, changes, standingVersion) = (nil, true, changes + 1, nil) }

  mutating func take(_ standing: PipelineStanding, of version: Int) {
    (self.standing, standingVersion) = (standing, version)
  }

  /// Faults of inputs, if they were looked at for the text as it is.
  var inputFindings: [Diagnostic] { standingVersion == document.version ? standing?.findings ?? [] : [] }

  /// Notes that the findings of the text as it is have been told: now one may ask how its plan stands.
  mutating func noteTold() {
    isDue = false
    if analysis?.plan != nil, isFile, standingVersion != document.version { wantsStanding = true }
  }

  /// Whether the last good plan is of an earlier text, as the text has errors.
  var isStale: Bool { analysis.map { $0.plan == nil } ?? false }

  /// The entries of the text as it is.
  mutating func outline() -> Outline {
    let outline = outlined ?? OutlineScanner.outline(document.bytes)
    outlined = outline
    return outline
  }

  /// The kind of file: a pipeline has the key `bioarc`; the file of a stage is in a folder `stages`, and says what the
  /// stage runs or writes.
  mutating func kind() -> Kind {
    let outline = outline()
    if outline.child("bioarc", of: 0) != nil { return .pipeline }
    let folders = path.split(separator: "/")
    let isStage = folders.count > 1 && folders[folders.count - 2] == "stages" && path.hasSuffix(".yaml")
    return isStage && ["command", "outputs"].contains { outline.child($0, of: 0) != nil } ? .stage : .other
  }

  /// Whether nobody reads the text as it is.
  var needsReading: Bool { isDue && asked != changes }
  mutating func noteReading() { asked = changes }

  /// The text as it is, to be read. `stageFiles` gives those that count for a pipeline.
  mutating func reading(_ stageFiles: @escaping @Sendable (String) -> [StageFile]) -> Reading {
    Reading(document: document, path: path, kind: kind(), changes: changes, stageFiles: stageFiles)
  }

  /// Takes what a reading has found, unless the file has changed meanwhile; false where it has.
  mutating func take(_ analysis: Analysis, of reading: Reading) -> Bool {
    guard reading.changes == changes else { return false }
    (self.analysis, vocabulary) = (analysis, analysis.vocabulary)
    if let plan = analysis.plan { goodPlan = (plan, document.version) }
    return true
  }
}
