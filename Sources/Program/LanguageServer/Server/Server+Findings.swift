import Artifacts
package import JSON
import Plans
import Syntax
import Texts
import YAML

extension Server {
  // MARK: Texts

  mutating func open(_ item: JSON) -> [JSON] {
    guard let uri = item["uri"]?.string, let text = item["text"]?.string else { return [] }
    files[uri] = OpenFile(
      TextDocument(uri: uri, version: item["version"]?.int ?? 0, text: text, encoding: client.encoding))
    // A file that is opened is read at once, those that name it later.
    if files[uri]?.kind() == .stage { forgetAll(but: uri) }
    return tell(uri)
  }

  mutating func change(_ params: JSON) {
    guard let uri = params["textDocument"]?["uri"]?.string, let changes = params["contentChanges"]?.array else {
      return
    }
    let version = params["textDocument"]?["version"]?.int
    files[uri]?.change { $0.apply(changes, version: version ?? $0.version + 1) }
    if files[uri]?.kind() == .stage { forgetAll(but: uri) }
  }

  mutating func close(_ uri: String) -> [JSON] {
    guard files[uri] != nil else { return [] }
    if files[uri]?.kind() == .stage { forgetAll(but: uri) }
    files[uri] = nil
    let answers = waiting.filter { $0.uri == uri }.map { Self.cancelled($0.id) }
    waiting.removeAll { $0.uri == uri }
    return client.pullsDiagnostics ? answers : answers + [publication(uri, nil, [])]
  }

  /// Lets all pipelines be read again: a stage that they name may be another.
  mutating func forgetAll(but uri: String? = nil) {
    for (other, file) in files where other != uri && file.isFile { files[other]?.forget() }
  }

  /// The texts that have changed, to be read elsewhere once nothing has come for a while.
  package mutating func settle() -> [OpenFile.Reading] {
    let stageFiles = stageFiles
    return files.filter(\.value.needsReading).keys.sorted().compactMap { uri in
      files[uri]?.noteReading()
      return files[uri]?.reading(stageFiles)
    }
  }

  /// Takes what a reading has found. Returns the findings for an editor that does not ask, and answers that waited.
  package mutating func take(_ analysis: OpenFile.Analysis, of reading: OpenFile.Reading) -> [JSON] {
    let uri = reading.document.uri
    return files[uri]?.take(analysis, of: reading) ?? false ? tell(uri) + answers() : []
  }

  /// The findings of one file to an editor that does not ask.
  mutating func tell(_ uri: String) -> [JSON] {
    guard let file = files[uri] else { return [] }
    let analysis = analysis(of: uri)
    files[uri]?.noteTold()
    if client.pullsDiagnostics { return [] }
    return [publication(uri, file.document.version, diagnostics(uri, analysis))]
  }

  func publication(_ uri: String, _ version: Int?, _ diagnostics: [JSON]) -> JSON {
    let params = (["uri": .string(uri)] as JSON).with([
      "version": version.map(JSON.int), "diagnostics": .array(diagnostics),
    ])
    return Message.notification("textDocument/publishDiagnostics", params)
  }

  // MARK: Findings

  /// The reading of the text of an open file, which is read at once where that has not been done.
  mutating func analysis(of uri: String) -> OpenFile.Analysis {
    if let known = files[uri]!.analysis { return known }
    let reading = files[uri]!.reading(stageFiles)
    let analysis = reading.analysis()
    _ = files[uri]!.take(analysis, of: reading)
    return analysis
  }

  /// Gives the files of stages that count for a pipeline: those that are open as they are in the editor.
  var stageFiles: @Sendable (String) -> [StageFile] {
    var texts: [String: [UInt8]] = [:]
    for file in files.values where file.isFile { texts[file.path] = file.document.bytes }
    return { [surroundings, texts] pipeline in
      surroundings.stageFiles(for: pipeline).map { file in
        texts[file.path].map { StageFile(path: file.path, text: $0) } ?? file
      }
    }
  }

  /// All findings about a file: those of its text, and of the inputs that its last good text names.
  func findings(_ uri: String, _ analysis: OpenFile.Analysis) -> [Diagnostic] {
    analysis.plan == nil ? analysis.findings : analysis.findings + (files[uri]?.inputFindings ?? [])
  }

  func diagnostics(_ uri: String, _ analysis: OpenFile.Analysis) -> [JSON] {
    guard let file = files[uri] else { return [] }
    let locator = Locator(file, others: files.values.filter { $0.path != file.path }, analysis.sources)
    return findings(uri, analysis).map { locator.json($0, withNotes: client.showsRelated) }
  }

  /// The answer to an editor that asks for findings.
  mutating func pull(_ uri: String, _ previous: String?) -> JSON {
    var items: [JSON] = []
    if files[uri] != nil {
      items = diagnostics(uri, analysis(of: uri))
      if files[uri]?.isDue ?? false { files[uri]?.noteTold() }
    }
    let list = JSON.array(items)
    // Equal findings have equal names.
    let name = Digest.of(list.bytes(.line)).short
    if name == previous { return ["kind": "unchanged", "resultId": .string(name)] }
    return ["kind": "full", "resultId": .string(name), "items": list]
  }
}
