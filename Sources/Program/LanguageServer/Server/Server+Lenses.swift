package import JSON
import Texts
import YAML

extension Server {
  // MARK: Lenses

  /// A lens on each stage of a pipeline. Its text comes when it is asked for, as the store must be looked at.
  mutating func lenses(_ uri: String) -> JSON {
    guard let outline = files[uri]?.outline(), let file = files[uri], file.goodPlan != nil else { return .array([]) }
    if underWay != uri { files[uri]?.wantsStanding = file.isFile }
    return .array(
      outline.named("stages").map { outline.entries[$0] }.map { stage in
        let data: JSON = ["uri": .string(uri), "stage": .string(stage.key ?? "")]
        return ["range": file.document.json(stage.keyRange), "data": data]
      })
  }

  /// The text of a lens; nil: it comes once the store has been looked at.
  mutating func resolve(_ id: JSON, _ lens: JSON) -> JSON? {
    let uri = lens["data"]?["uri"]?.string ?? ""
    let stage = lens["data"]?["stage"]?.string ?? ""
    let isPipeline = wait(id, uri) { file in
      let command: JSON = [
        "title": .string(Self.title(stage, file)), "command": .string(Capabilities.why),
        "arguments": [.string(uri), .string(stage)],
      ]
      return (lens.with(["command": command]), [])
    }
    return isPipeline ? nil : lens
  }

  private static func title(_ stage: String, _ file: OpenFile) -> String {
    guard let standing = file.standing else { return "not known" }
    if let obstacle = standing.obstacle { return "not known: \(obstacle)" }
    guard let title = standing.stages[stage]?.title else { return "not known: the text has errors" }
    return file.isStale ? "\(title) (stale: the text has errors)" : title
  }

  // MARK: Reasons

  /// Tells why a stage runs or does not.
  mutating func execute(_ id: JSON, _ params: JSON) throws(Fault) -> JSON? {
    let arguments = params["arguments"]?.array?.map(\.string) ?? []
    guard params["command"]?.string == Capabilities.why, arguments.count == 2, let uri = arguments[0],
      let stage = arguments[1]
    else { throw Fault(.invalidParams, "the command is '\(Capabilities.why)', with a file and a stage") }
    let isPipeline = wait(id, uri) { file in
      let why = file.standing?.stages[stage]?.why ?? "\(stage): \(Self.title(stage, file))"
      return (.string(why), [Message.notification("window/showMessage", ["type": 3, "message": .string(why)])])
    }
    if !isPipeline { throw Fault(.invalidParams, "'\(uri)' is no pipeline that is open") }
    return nil
  }

  /// Lets a request wait until it is known how the stages of a file stand; false for one that is no pipeline.
  private mutating func wait(
    _ id: JSON, _ uri: String, _ answer: @escaping (OpenFile) -> (result: JSON, besides: [JSON])
  ) -> Bool {
    guard let file = files[uri], file.goodPlan != nil, file.isFile else { return false }
    waiting.append(Waiting(id: id, uri: uri, answer: answer))
    if file.standing == nil, underWay != uri { files[uri]?.wantsStanding = true }
    return true
  }

  /// The answers to requests that need not wait any longer.
  mutating func answers() -> [JSON] {
    let ready = waiting.filter { isKnown($0.uri) }
    waiting = waiting.filter { !isKnown($0.uri) }
    return ready.flatMap { request in
      let (result, besides) = request.answer(files[request.uri]!)
      return [Message.answer(request.id, result)] + besides
    }
  }

  private func isKnown(_ uri: String) -> Bool {
    guard let file = files[uri] else { return false }
    return !file.isDue && !file.wantsStanding && underWay != uri
  }

  // MARK: Errands

  /// The next plan whose standing is to be looked up; none while one is.
  package mutating func nextErrand() -> Errand? {
    guard underWay == nil else { return nil }
    let ready = files.filter { $0.value.wantsStanding && !$0.value.isDue }.keys.sorted()
    guard let uri = ready.first(where: { uri in waiting.contains { $0.uri == uri } }) ?? ready.first,
      let (plan, version) = files[uri]?.goodPlan
    else { return nil }
    files[uri]?.wantsStanding = false
    underWay = uri
    return Errand(uri: uri, version: version, plan: plan)
  }

  /// Takes what an errand has found. Returns answers that waited for it, and what the editor is to know besides.
  package mutating func take(_ standing: PipelineStanding, of errand: Errand) -> [JSON] {
    underWay = nil
    guard let file = files[errand.uri] else { return answers() }
    let isAwaited = waiting.contains { $0.uri == errand.uri }
    files[errand.uri]?.take(standing, of: errand.version)
    var messages: [JSON] = []
    if !file.isDue, files[errand.uri]?.inputFindings != file.inputFindings {
      if client.refreshesDiagnostics, client.pullsDiagnostics { messages.append(ask("workspace/diagnostic/refresh")) }
      if !client.pullsDiagnostics { messages += tell(errand.uri) }
    }
    let isOther = file.standing.map { $0.stages.mapValues(\.title) != standing.stages.mapValues(\.title) } ?? false
    // An editor that waits for lenses gets these.
    if client.refreshesLenses, isOther, !isAwaited { messages.append(ask("workspace/codeLens/refresh")) }
    return messages + answers()
  }
}
