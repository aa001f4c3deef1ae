import Artifacts

/// The facts of the steps of one node, a column each: some 80 bytes a step and 40 for each further output.
package struct NodeTable {
  /// A state in one byte; further facts of a failure are in `details`.
  package enum Standing: UInt8 {
    case unwanted, waiting, ready, running, done, failed, skipped, broken

    /// Whether nothing more will happen to the step in this run.
    package var isSettled: Bool { rawValue >= Standing.done.rawValue }
    var hasResult: Bool { self == .done || self == .failed }
  }

  /// The results at one output port.
  struct Column {
    let port: String
    var digests: [Digest] = []
    var sizes: [Int] = []
  }

  /// nil while a run-time axis is unknown.
  package private(set) var grid: Grid?
  package internal(set) var standings: [Standing] = []
  private var details: [Int: StepState] = [:]
  private var keys: [Digest] = []
  private var hasKey: [Bool] = []
  private var columns: [Column]
  private(set) var durations: [Float] = []
  /// Results that were found, not made in this run.
  var reused: [Bool] = []
  /// Steps that must be settled before.
  var waiting: [Int32] = []
  /// In the order of `Resolution.reading`: the steps that a step reads.
  package internal(set) var sources: [GridMap?] = []
  /// The nodes that read this one, and which of their steps read a step.
  var readers: [(node: Int, map: GridMap)] = []
  var encoder: IdentityEncoder?

  init(ports: [String]) { columns = ports.map { Column(port: $0) } }

  mutating func expand(_ grid: Grid) {
    self.grid = grid
    let count = grid.count
    let none = Digest(repeatElement(0, count: 32))
    standings = Array(repeating: .waiting, count: count)
    keys = Array(repeating: none, count: count)
    hasKey = Array(repeating: false, count: count)
    durations = Array(repeating: 0, count: count)
    reused = Array(repeating: false, count: count)
    waiting = Array(repeating: 0, count: count)
    for index in columns.indices {
      columns[index].digests = Array(repeating: none, count: count)
      columns[index].sizes = Array(repeating: 0, count: count)
    }
  }

  func state(_ item: Int) -> StepState {
    switch standings[item] {
    case .unwanted: .unwanted
    case .waiting: .waiting
    case .ready: .ready
    case .running: .running
    case .done: .done
    case .failed, .skipped, .broken: details[item] ?? .broken("")
    }
  }

  mutating func set(_ item: Int, _ state: StepState) {
    switch state {
    case .unwanted: standings[item] = .unwanted
    case .waiting: standings[item] = .waiting
    case .ready: standings[item] = .ready
    case .running: standings[item] = .running
    case .done: standings[item] = .done
    case .failed: (standings[item], details[item]) = (.failed, state)
    case .skipped: (standings[item], details[item]) = (.skipped, state)
    case .broken: (standings[item], details[item]) = (.broken, state)
    }
  }

  func key(_ item: Int) -> Digest? { hasKey[item] ? keys[item] : nil }

  mutating func setKey(_ item: Int, _ key: Digest) {
    keys[item] = key
    hasKey[item] = true
  }

  mutating func setResult(_ item: Int, _ row: ResultRow) {
    durations[item] = Float(row.duration)
    for index in columns.indices {
      guard let output = row.outputs.first(where: { $0.port == columns[index].port }) else { continue }
      columns[index].digests[item] = output.digest
      columns[index].sizes[item] = output.size
    }
  }

  /// Takes over the result of a step with the same key, and so of the same stage.
  mutating func copyResult(to item: Int, from other: NodeTable, _ source: Int) {
    durations[item] = other.durations[source]
    for index in columns.indices where index < other.columns.count {
      columns[index].digests[item] = other.columns[index].digests[source]
      columns[index].sizes[item] = other.columns[index].sizes[source]
    }
  }

  func column(_ port: String) -> Int? { columns.firstIndex { $0.port == port } }

  /// The digest and size of a step's result at the port of that column.
  func output(_ column: Int, _ item: Int) -> (digest: Digest, size: Int) {
    (columns[column].digests[item], columns[column].sizes[item])
  }
}
