import Artifacts
import Catalogs
import JSON
import Plans
package import Resolving
import Syntax

/// A plan as it was decided, with all that the decision rests on: a file of JSON that `run` carries out or refuses.
///
/// | field | content |
/// |---|---|
/// | `bioarc-plan` | 2, the version of the format, and the first key: by it the file is recognised |
/// | `request` | the question: folder, pipeline, `stages`, `set`, `only`, `from`, `force`, `retryFailed`, as given, |
/// | | and the store that it was asked of |
/// | `pipeline` | the text of the pipeline file |
/// | `inputs` | per input its name, path and the digest of its content |
/// | `stages` | per stage of the plan: the `stage` that it runs, its behaviour `version`, its axes with the number of |
/// | | items and a digest of their ids, and its steps in the order of the ids, the last axis fastest: `steps` as runs |
/// | | of equal `state` (`runs`, `waits`, `reused`, `skipped`, `unwanted`), `keys` the keys of those that run, 64 |
/// | | digits each |
/// | `seal` | the SHA-256 of the file with an empty seal, so that no edit of the file goes unnoticed |
package struct DecidedPlan: Codable, Sendable, Equatable {
  package static let format = 2

  /// The question that the plan answers.
  package struct Request: Codable, Sendable, Equatable {
    /// The working directory: relative paths of the others are relative to it.
    package var folder: String
    package var pipeline: String
    package var store: String
    /// The folder of own stages, if it was named.
    package var stages: String?
    package var set: [String]
    package var only: [String]
    package var from: [String]
    package var force: [String]
    package var retryFailed: Bool
    package init(
      folder: String, pipeline: String, store: String, stages: String? = nil, set: [String], only: [String],
      from: [String], force: [String], retryFailed: Bool
    ) {
      self.folder = folder
      self.pipeline = pipeline
      self.store = store
      self.stages = stages
      self.set = set
      self.only = only
      self.from = from
      self.force = force
      self.retryFailed = retryFailed
    }
  }

  struct Input: Codable, Sendable, Equatable {
    let name: String
    let path: String
    let digest: String
  }

  struct Axis: Codable, Sendable, Equatable {
    let name: String
    let count: Int
    let ids: String
  }

  enum State: String, Codable, Sendable { case runs, waits, reused, skipped, unwanted }

  struct Run: Codable, Sendable, Equatable {
    let state: State
    var count: Int
  }

  struct Stage: Codable, Sendable, Equatable {
    let name: String
    let stage: String
    let version: Int
    /// A digest of what its keys will hold besides what it reads and its axes: parameters, and the command and code of
    /// an own stage.
    var code = ""
    /// Empty while an axis is unknown, as are the other two.
    var axes: [Axis] = []
    var steps: [Run] = []
    var keys = ""
  }

  package let request: Request
  package let pipeline: String
  let inputs: [Input]
  let stages: [Stage]
  private let version: Int
  private var seal = ""

  private enum CodingKeys: String, CodingKey {
    case version = "bioarc-plan"
    case request, pipeline, inputs, stages, seal
  }

  /// The plan that `resolution` is, of the pipeline file with the text `pipeline`.
  package init(_ resolution: Resolution, request: Request, pipeline: [UInt8]) {
    version = Self.format
    self.request = request
    self.pipeline = String(decoding: pipeline, as: UTF8.self)
    let plan = resolution.plan
    inputs = resolution.selection.inputs(of: plan).sorted().map { index in
      Input(
        name: plan.inputs[index].name, path: plan.inputs[index].source.place,
        digest: resolution.catalog.reference(index).digest.hex)
    }
    stages = plan.nodes.indices.map { Self.stage($0, resolution) }
  }

  /// The stage of a node, with the steps as they stand.
  static func stage(_ node: Int, _ resolution: Resolution) -> Stage {
    let declaration = resolution.plan.nodes[node].declaration
    var stage = Stage(
      name: resolution.plan.nodes[node].name, stage: declaration.name, version: declaration.version)
    stage.code = code(node, resolution)
    guard let grid = resolution.grid(of: node) else { return stage }
    stage.axes = grid.axes.indices.map { position in
      Axis(
        name: resolution.plan.axes[grid.axes[position]].name, count: grid.ids[position].count,
        ids: Digest.of(Array(grid.ids[position].joined(separator: ",").utf8)).hex)
    }
    for item in 0..<grid.count {
      let step = StepIndex(node: node, item: item)
      let state = state(step, resolution)
      if stage.steps.last?.state == state {
        stage.steps[stage.steps.count - 1].count += 1
      } else {
        stage.steps.append(Run(state: state, count: 1))
      }
      if state == .runs { stage.keys += resolution.key(of: step)?.hex ?? "" }
    }
    return stage
  }

  /// The digest of what the steps of a node share: see `Stage.code`.
  static func code(_ node: Int, _ resolution: Resolution) -> String {
    let declaration = resolution.plan.nodes[node].declaration
    var fixed: [String: Value] = [:]
    for (name, binding) in resolution.plan.nodes[node].parameters {
      if case .value(let value) = binding.source { fixed[name] = value }
    }
    var ports: [String: PortIdentity] = [:]
    ports[CommandTree.port] = resolution.catalog.commands.port(of: node)
    return declaration.identity(parameters: fixed, ports: ports).key.hex
  }

  /// The state of a step in a plan.
  static func state(_ step: StepIndex, _ resolution: Resolution) -> State {
    switch resolution.state(step) {
    case .ready, .running: .runs
    case .waiting: .waits
    case .done, .failed: .reused
    case .skipped, .broken: .skipped
    case .unwanted: .unwanted
    }
  }

  // MARK: As a file

  /// The plan as a file, sealed.
  package func encoded() throws -> [UInt8] {
    var sealed = self
    sealed.seal = try digest()
    return try sealed.bytes() + [UInt8(ascii: "\n")]
  }

  private func bytes() throws -> [UInt8] { try JSON.encode(self) }

  /// The seal that belongs to its content.
  private func digest() throws -> String {
    var open = self
    open.seal = ""
    return Digest.of(try open.bytes()).hex
  }

  /// Whether a file is a plan, by how it begins.
  package static func recognises(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes.prefix(64), as: UTF8.self)
    return text.first == "{" && text.dropFirst().drop(while: \.isWhitespace).hasPrefix("\"bioarc-plan\"")
  }

  /// Reads a plan file. Throws words for a person.
  package init(decoding bytes: [UInt8]) throws(PlanFileError) {
    struct Header: Decodable {
      let version: Int
      private enum CodingKeys: String, CodingKey { case version = "bioarc-plan" }
    }
    guard let header = try? JSON.decode(Header.self, bytes) else { throw .malformed }
    guard header.version == Self.format else { throw .otherFormat(header.version) }
    guard let plan = try? JSON.decode(Self.self, bytes), (try? plan.digest()) == plan.seal
    else { throw .malformed }
    self = plan
    seal = ""
  }
}

/// Why a plan file cannot be read.
package enum PlanFileError: Error, Equatable, CustomStringConvertible {
  case malformed
  case otherFormat(Int)

  package var description: String {
    switch self {
    case .malformed: "it begins as a plan and is none: it was cut or edited"
    case .otherFormat(let version): "it is a plan of format \(version); this program reads format \(DecidedPlan.format)"
    }
  }
}
