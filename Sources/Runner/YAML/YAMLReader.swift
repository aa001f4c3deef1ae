/// Reads one YAML text into one node, strictly and within budgets. All faults become findings.
package struct YAMLReader {
  /// Bounds on the size of a text; far above any pipeline.
  enum Budget {
    static let bytes = 4 << 20
    /// After aliases have been expanded.
    static let nodes = 250_000
    static let depth = 64
  }

  /// Ends the reading once its finding has been made.
  private struct Stop: Error {}

  private let source: SourceText
  private let events: YAMLEventReader
  private let findings: Findings
  private var anchors: [String: YAMLNode] = [:]
  private var nodes = 0

  /// The document in `bytes`, or nil with a finding. An empty text is an empty scalar.
  package static func read(_ bytes: [UInt8], file: String, findings: Findings) -> YAMLNode? {
    var bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    let source = SourceText(file: file, bytes: bytes)
    guard YAMLText.check(bytes, source: source, findings: findings) else { return nil }
    var reader = YAMLReader(source: source, events: YAMLEventReader(bytes), findings: findings)
    do {
      return try reader.document()
    } catch let error as YAMLSyntaxError {
      YAMLText.report(error, source: source, bytes: bytes, findings: findings)
    } catch {}
    return nil
  }

  private init(source: SourceText, events: YAMLEventReader, findings: Findings) {
    self.source = source
    self.events = events
    self.findings = findings
  }

  private mutating func document() throws -> YAMLNode {
    guard case .documentStart = try events.next().kind else {
      return YAMLNode(content: .scalar(YAMLScalar(plain: "")), span: source.span(from: 0, to: 0), size: 1, height: 1)
    }
    let root = try node(try events.next(), depth: 1)
    _ = try events.next()
    let after = try events.next()
    guard case .streamEnd = after.kind else {
      throw stop("a second YAML document starts here; a file holds one", after)
    }
    return root
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws -> YAMLNode {
    guard depth <= Budget.depth else { throw stop("nested deeper than \(Budget.depth) levels", event) }
    nodes += 1
    guard nodes <= Budget.nodes else { throw stop("more than \(Budget.nodes) values", event) }
    let node: YAMLNode
    switch event.kind {
    case .alias(let name): return try alias(name, event, depth: depth)
    case .scalar(let text, let quoted):
      node = leaf(.scalar(try scalar(text, quoted: quoted, event)), event)
    case .sequenceStart:
      try checkTag(event, allowed: "tag:yaml.org,2002:seq")
      node = try sequence(event, depth: depth)
    case .mappingStart:
      try checkTag(event, allowed: "tag:yaml.org,2002:map")
      node = try mapping(event, depth: depth)
    default: throw stop("a value is expected here", event)
    }
    if let anchor = event.anchor { anchors[anchor] = node }
    return node
  }

  private func leaf(_ content: YAMLNode.Content, _ event: YAMLEvent) -> YAMLNode {
    YAMLNode(content: content, span: span(event), size: 1, height: 1)
  }

  private mutating func alias(_ name: String, _ event: YAMLEvent, depth: Int) throws -> YAMLNode {
    guard let target = anchors[name] else {
      throw stop("the alias '*\(name)' names no anchor that ends before it", event)
    }
    nodes += target.size - 1
    guard nodes <= Budget.nodes else { throw stop("aliases expand to more than \(Budget.nodes) values", event) }
    guard depth + target.height - 1 <= Budget.depth else {
      throw stop("the alias '*\(name)' nests deeper than \(Budget.depth) levels", event)
    }
    return target.at(span(event))
  }

  private mutating func sequence(_ start: YAMLEvent, depth: Int) throws -> YAMLNode {
    var items: [YAMLNode] = []
    var (size, height) = (1, 0)
    while true {
      let event = try events.next()
      if case .sequenceEnd = event.kind {
        return YAMLNode(
          content: .sequence(items), span: source.span(from: start.start, to: event.end), size: size,
          height: height + 1)
      }
      let item = try node(event, depth: depth + 1)
      items.append(item)
      size += item.size
      height = max(height, item.height)
    }
  }

  private mutating func mapping(_ start: YAMLEvent, depth: Int) throws -> YAMLNode {
    var pairs: [YAMLPair] = []
    var places: [String: Span] = [:]
    var (size, height) = (1, 0)
    while true {
      let event = try events.next()
      if case .mappingEnd = event.kind {
        return YAMLNode(
          content: .mapping(pairs), span: source.span(from: start.start, to: event.end), size: size,
          height: height + 1)
      }
      let key = try self.key(event)
      let value = try node(try events.next(), depth: depth + 1)
      size += value.size + 1
      height = max(height, value.height)
      if let first = places[key] {
        findings.error("duplicate key '\(key)'", at: span(event), notes: [.init("first defined here", at: first)])
      } else {
        places[key] = span(event)
        pairs.append(YAMLPair(key: key, keySpan: span(event), value: value))
      }
    }
  }

  private mutating func key(_ event: YAMLEvent) throws -> String {
    nodes += 1
    switch event.kind {
    case .scalar("<<", quoted: false): throw stop("merge keys ('<<') are not used here; write the entries out", event)
    case .scalar(let text, let quoted):
      let scalar = try scalar(text, quoted: quoted, event)
      if let anchor = event.anchor { anchors[anchor] = leaf(.scalar(scalar), event) }
      return text
    default: throw stop("a key must be a plain name", event)
    }
  }

  private func scalar(_ text: String, quoted: Bool, _ event: YAMLEvent) throws -> YAMLScalar {
    let plain = YAMLScalar(plain: text)
    switch (event.tag, plain.value) {
    case (nil, _): return quoted ? YAMLScalar(quoted: text) : plain
    case ("!", _), ("tag:yaml.org,2002:str", _): return YAMLScalar(quoted: text)
    case ("tag:yaml.org,2002:int", .int), ("tag:yaml.org,2002:float", .int), ("tag:yaml.org,2002:float", .float),
      ("tag:yaml.org,2002:bool", .bool), ("tag:yaml.org,2002:null", .null):
      return plain
    case (let tag?, _): throw stop(tagMessage(tag), event)
    }
  }

  private func checkTag(_ event: YAMLEvent, allowed: String) throws {
    guard let tag = event.tag, tag != "!", tag != allowed else { return }
    throw stop(tagMessage(tag), event)
  }

  private func tagMessage(_ tag: String) -> String {
    let core = "tag:yaml.org,2002:"
    let known = ["str", "int", "float", "bool", "null", "seq", "map"].contains { core + $0 == tag }
    let shown = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
    return known ? "this value is not what its tag '\(shown)' says" : "unknown tag '\(shown)'"
  }

  private func span(_ event: YAMLEvent) -> Span { source.span(from: event.start, to: event.end) }

  private func stop(_ message: String, _ event: YAMLEvent) -> Stop {
    findings.error(message, at: span(event))
    return Stop()
  }
}
