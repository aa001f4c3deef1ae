import Artifacts
import Console
import Plans
import Sessions
import Syntax
import Wording

/// The edits between two versions, each of which can be made alone: values of parameters, the content of inputs, and
/// all else together.
struct EditUnits {
  /// A value of one parameter of one stage.
  struct Value {
    let stage: String
    let parameter: String
    let old: String
    let new: String

    func override(isNew: Bool) -> Override { Override("\(stage).\(parameter)=\(isNew ? new : old)") }
  }

  /// A file or folder that has other bytes.
  struct Content {
    let name: String
    let place: String
    let old: ArtifactReference
    let new: ArtifactReference

    fileprivate var words: String {
      let (from, to) = (Words.bytes(old.size), Words.bytes(new.size))
      let sizes = from == to || old.layout == .tree ? "" : ", \(from) -> \(to)"
      return "the input \(name), whose '\(place)' has other bytes (\(old.digest.short) -> \(new.digest.short)\(sizes))"
    }
  }

  enum Unit {
    case value(Value)
    case content(Content)
    /// Everything that is no value of a parameter: lines of the plan that are gone, and that are new.
    case rest(gone: [String], new: [String])

    var words: String {
      switch self {
      case .value(let value): "\(value.stage).\(value.parameter) \(value.old) -> \(value.new)"
      case .content(let content): content.words
      case .rest(let gone, let new):
        "the rest of the file (\(gone.count == new.count ? "\(new.count)" : "\(gone.count) -> \(new.count)") lines of "
          + "its plan)"
      }
    }
  }

  let old: Version
  let new: Version
  let units: [Unit]
  /// Values of resources, which are in no key: those of the new version hold for all.
  private let resources: [Value]
  /// Inputs of both versions, with the bytes that the new one read.
  private let inputs: [String: ArtifactReference]

  /// Finds the edits. Throws `Complaint` where a version is no plan any more.
  init(from old: Version, to new: Version, _ session: Session) throws {
    (self.old, self.new) = (old, new)
    let plans = try [old, new].map { version in
      guard let plan = try version.planned(session) else {
        throw Complaint.failure("the pipeline of '\(version.name)' is no plan any more: 'bioarc log' and 'check' tell")
      }
      return plan
    }
    let different = Self.values(plans[0], plans[1])
    let isResource = { (value: Value) in
      let node = plans[1].nodes.first { $0.name == value.stage }
      return node?.declaration.parameter(value.parameter)?.role == .resource
    }
    resources = different.filter(isResource)
    var values: [Value] = []
    for value in different where !isResource(value) {
      // A value that cannot stand alone, in either version, is of the rest.
      let isFree =
        try new.planned(session, [value.override(isNew: false)]) != nil
        && old.planned(session, [value.override(isNew: true)]) != nil
      if isFree { values.append(value) }
    }
    let overrides = (resources + values).map { $0.override(isNew: true) }
    let before = try old.planned(session, overrides)?.content ?? plans[0].content
    let after = try new.planned(session, overrides)?.content ?? plans[1].content
    let (all, wanted) = (Set(before), Set(after))
    let (gone, fresh) = (before.filter { !wanted.contains($0) }, after.filter { !all.contains($0) })
    let known = try (old: old.inputs(session), new: new.inputs(session))
    let same = plans[1].inputs.filter { input in
      plans[0].inputs.contains { Self.areSame($0, input) }
    }
    inputs = Dictionary(
      same.compactMap { input in known.old[input.name] == nil ? nil : known.new[input.name].map { (input.name, $0) } }
    ) { first, _ in first }
    let contents = same.compactMap { input -> Content? in
      guard let old = known.old[input.name], let new = known.new[input.name], old != new else { return nil }
      return Content(name: input.name, place: input.source.place, old: old, new: new)
    }
    units =
      values.map(Unit.value) + contents.map(Unit.content)
      + (gone.isEmpty && fresh.isEmpty ? [] : [.rest(gone: gone, new: fresh)])
  }

  /// Whether two inputs are the same but for their bytes.
  private static func areSame(_ a: Plan.Input, _ b: Plan.Input) -> Bool {
    (a.name, a.source) == (b.name, b.source) && (a.kind, a.format, a.options) == (b.kind, b.format, b.options)
  }

  /// Parameters of stages of one name that have other values.
  private static func values(_ old: Plan, _ new: Plan) -> [Value] {
    new.nodes.flatMap { node -> [Value] in
      guard let before = old.nodes.first(where: { $0.name == node.name }),
        before.declaration.name == node.declaration.name
      else { return [] }
      return node.parameters.sorted { $0.key < $1.key }.compactMap { name, binding in
        guard case .value(let new) = binding.source, case .value(let old)? = before.parameters[name]?.source,
          new.canonical.encoded() != old.canonical.encoded()
        else { return nil }
        return Value(stage: node.name, parameter: name, old: old.description, new: new.description)
      }
    }
  }

  /// The request for the version that has the edits of a subset.
  func request(_ subset: Set<Int>, _ session: Session) -> PipelineRequest {
    var (base, inputs) = (new, inputs)
    var overrides: [Override] = resources.map { $0.override(isNew: true) }
    for (index, unit) in units.enumerated() {
      switch unit {
      case .rest: if !subset.contains(index) { base = old }
      case .value(let value): overrides.append(value.override(isNew: subset.contains(index)))
      case .content(let content): if !subset.contains(index) { inputs[content.name] = content.old }
      }
    }
    var request = base.request(session, overrides)
    request.inputs = inputs
    return request
  }

  /// The edits of a subset in words.
  func words(_ subset: Set<Int>) -> String {
    if subset.isEmpty { return "none of the edits" }
    if subset.count == units.count { return "all edits" }
    if subset.count == units.count - 1, subset.count > 1,
      let left = units.indices.first(where: { !subset.contains($0) })
    {
      return "all but \(units[left].words)"
    }
    return subset.sorted().map { units[$0].words }.joined(separator: ", ")
  }
}
