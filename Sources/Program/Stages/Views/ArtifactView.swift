package import Artifacts
package import JSON

/// An artifact as a person looks at it: lines, curves, then tables; and the same as JSON.
package struct ArtifactView: Sendable {
  /// Rows under a header.
  package struct Table: Sendable {
    package let columns: [String]
    /// Columns aligned at the right.
    package let numeric: Set<Int>
    /// So many first columns are shown again wherever a table that is too wide is folded.
    package let keys: Int
    /// The columns before which it may be folded; nil: any.
    package let groups: [Int]?
    package let rows: [[String]]
    package init(
      _ columns: [String], numeric: Set<Int> = [], keys: Int = 1, groups: [Int]? = nil, rows: [[String]]
    ) {
      self.columns = columns
      self.numeric = numeric
      self.keys = keys
      self.groups = groups
      self.rows = rows
    }
  }

  package var lines: [String] = []
  package var tables: [Table] = []
  package var curves: [Curve] = []
  package var json: JSON = .null

  init(lines: [String] = [], tables: [Table] = [], curves: [Curve] = [], json: JSON = .null) {
    self.lines = lines
    self.tables = tables
    self.curves = curves
    self.json = json
  }

  /// The view of `artifact`, by its kind. `axes` are the names of the axes that the step which made it has gathered, by
  /// role: an artifact does not know them.
  package init(_ artifact: any InputArtifact, axes: [String: [String]] = [:]) throws {
    switch artifact.reference.kind {
    case .sequences, .labelledSequences: self = try Self.sequences(artifact)
    case .tokenizer: self = try Self.tokenizer(artifact)
    case .tokens: self = try Self.tokens(artifact)
    case .space: self = try Self.space(artifact)
    case .architecture: self = try Self.architecture(artifact)
    case .architectures: self = try Self.architectures(artifact)
    case .weights, .trainingState: self = try Self.tensors(artifact)
    case .metrics: self = try Self.metrics(artifact)
    case .ranking: self = try Self.ranking(artifact, axes: axes)
    case .history: self = try Self.history(artifact)
    case .counts: self = try Self.counts(artifact)
    default: self = try Self.files(artifact)
    }
  }

  /// Any artifact: its files.
  static func files(_ artifact: any InputArtifact) throws -> ArtifactView {
    let names = try artifact.names
    return ArtifactView(
      lines: names == [""] ? [] : names, json: .object([("files", .array(names.map(JSON.string)))]))
  }
}

/// Numbers as they are shown.
package enum Figures {
  /// `120 of 4,000 letters (3.0 %)`
  static func part(_ part: Int, of all: Int, _ noun: String) -> String {
    "\(grouped(part)) of \(grouped(all)) \(noun) (\(percent(part, of: all)))"
  }

  /// `3.2 %`; never 0 % of something, nor 100 % of less than all.
  static func percent(_ part: Int, of all: Int) -> String {
    if part == 0 || part == all { return part == 0 ? "0 %" : "100 %" }
    let percent = 100 * Double(part) / Double(all)
    return percent < 0.1 ? "less than 0.1 %" : percent > 99.9 ? "more than 99.9 %" : "\(fixed(percent, 1)) %"
  }

  /// `12 s`, `3 min 05 s`, `2 h 10 min`
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(two(whole % 60)) s" : "\(whole / 3600) h \(two(whole / 60 % 60)) min"
  }

  /// Three significant digits: `0.001`, `9.55e-05`, `1,200`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value == 0 ? "0" : "\(value)")" }
    var (scale, exponent) = (abs(value), 0)
    while scale >= 10 { (scale, exponent) = (scale / 10, exponent + 1) }
    while scale < 1 { (scale, exponent) = (scale * 10, exponent - 1) }
    let digits = Figures.fixed(scale, 2)
    var mantissa = digits[...]
    while mantissa.hasSuffix("0") { mantissa = mantissa.dropLast() }
    if mantissa.hasSuffix(".") { mantissa = mantissa.dropLast() }
    let sign = value < 0 ? "-" : ""
    if exponent < -4 || exponent > 5 { return "\(sign)\(mantissa)e\(exponent)" }
    if exponent >= 2 { return sign + grouped(Int(saturating: abs(value).rounded())) }
    let plain = Figures.fixed(abs(value), 2 - exponent)
    var text = plain[...]
    if text.contains(".") {
      while text.hasSuffix("0") { text = text.dropLast() }
      if text.hasSuffix(".") { text = text.dropLast() }
    }
    return sign + text
  }

  /// `12,345`
  static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (value < 0 ? "-" : "") + result
  }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = Int(scaled) / Int(scale)
    let part = String(Int(scaled) % Int(scale))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return digits == 0
      ? sign + String(whole) : sign + "\(whole)." + String(repeating: "0", count: digits - part.count) + part
  }
}
