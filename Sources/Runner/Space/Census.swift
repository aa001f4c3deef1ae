package import Artifacts
package import Files
import Packs
import Stores
import System

/// The content of a store and its size, counted in one pass: `du` shows it, and `gc` chooses from it.
package struct Census: Sendable {
  /// The facts of a key: from its pre-image, from its result, or from both.
  package struct Step: Sendable {
    /// Empty where there is no pre-image.
    package internal(set) var stage = ""
    /// The digests that its ports bind and no step wrote: files, texts and the manifests of trees.
    var inputs: [Digest] = []
    /// The keys of the steps whose outputs its ports bind.
    var sources: [Digest] = []
    package internal(set) var hasResult = false
    /// Seconds that the current result took.
    package internal(set) var seconds = 0.0
    /// Bytes of its records.
    package internal(set) var recordBytes = 0
    /// The objects of all attempts.
    package internal(set) var objects: [Digest] = []
    fileprivate var attempt = -1
  }

  package internal(set) var steps: [Digest: Step] = [:]
  package internal(set) var objects: [Digest: Holding] = [:]
  /// By the key of a training, its saved states.
  package internal(set) var states: [Digest: Holding] = [:]
  /// Files in `quarantine/`, parts of files in `fetches/`, and those in `tmp/` of processes that are no more, by their
  /// paths in the store.
  package internal(set) var leftovers: [String: Holding] = [:]
  /// By an input that is a tree, its files.
  var members: [Digest: [Digest]] = [:]
  /// By object, the key of the result that makes it again in the shortest time.
  package internal(set) var makers: [Digest: Digest] = [:]
  /// Objects that steps read and none wrote.
  package internal(set) var inputs: Set<Digest> = []
  /// The files of `results/` and `preimages/`.
  package internal(set) var recordBytes = 0

  /// Bytes of all that the store holds, but for its logs of runs.
  package var bytes: Int {
    recordBytes
      + [objects.values.map(\.bytes), states.values.map(\.bytes), leftovers.values.map(\.bytes)]
      .joined().reduce(0, +)
  }
}

extension Census {
  /// Notes the pre-image of a key. Trees that no step wrote are added to `trees`, with their manifests' sizes.
  mutating func note(
    _ key: Digest, _ identity: StepIdentity, _ sources: [Digest: Digest], trees: inout [Digest: Int]
  ) {
    steps[key, default: Step()].stage = identity.stage
    var bound: [ArtifactReference] = []
    for port in identity.ports.values {
      switch port {
      case .one(let artifact): bound.append(artifact)
      case .gathered(let items): bound += items.compactMap(\.artifact)
      }
    }
    var inputs: [Digest] = []
    for artifact in bound where sources[artifact.digest] == nil {
      inputs.append(artifact.digest)
      if artifact.layout == .tree { trees[artifact.digest] = artifact.size }
    }
    steps[key]?.inputs = inputs
    steps[key]?.sources = Array(Set(sources.values))
  }

  /// Notes one attempt at a result, whose record has that many bytes.
  mutating func note(_ key: Digest, attempt: Int, _ row: ResultRow, bytes: Int) {
    var step = steps[key] ?? Step()
    step.hasResult = true
    step.recordBytes += bytes
    if attempt > step.attempt { (step.attempt, step.seconds) = (attempt, row.duration) }
    step.objects = step.objects.isEmpty ? row.objects ?? [] : Array(Set(step.objects + (row.objects ?? [])))
    steps[key] = step
  }

  /// Finds for each object who makes it, and which are inputs.
  mutating func settle() {
    for (key, step) in steps {
      for object in step.objects where objects[object] != nil {
        guard let other = makers[object] else {
          makers[object] = key
          continue
        }
        let before = steps[other]?.seconds ?? 0
        if (step.seconds, key) < (before, other) { makers[object] = key }
      }
    }
    for step in steps.values {
      for input in step.inputs {
        for object in [input] + (members[input] ?? []) where objects[object] != nil && makers[object] == nil {
          inputs.insert(object)
        }
      }
    }
  }
}

extension Store {
  /// Counts what the store holds. Reads results, pre-images and the names and sizes of files, but no object.
  package func census() throws -> Census {
    var census = Census()
    for place in try stateFolders() {
      census.states[place.step, default: Holding()].add(try folder.holding(place.path))
    }
    var trees: [Digest: Int] = [:]
    try preimages.forEach { entry in
      guard let (identity, sources) = try? Self.preimage(entry.body, entry.key) else { return }
      census.note(entry.key, identity, sources, trees: &trees)
    }
    var large: Set<Digest> = []
    try results.forEachHead { head in
      guard let row = try? ResultRow(decoding: head.head) else { return }
      census.note(head.key, attempt: head.number, row, bytes: head.length)
      if row.objects == nil { large.insert(head.key) }
    }
    for key in large {
      census.steps[key]?.objects = Array(Set(try attempts(key).flatMap { $0.objects.map(\.digest) }))
    }
    for path in [results.folder, preimages.folder] { census.recordBytes += try folder.holding(path).bytes }
    try count(objectsOf: &census)
    for (tree, size) in trees where census.objects[tree] != nil {
      census.members[tree] = members(ofTree: tree, size: size)
    }
    try count(leftoversOf: &census)
    census.settle()
    return census
  }

  /// The facts of one key now, for one that is newer than a census.
  func step(_ key: Digest) throws -> Census.Step? {
    var census = Census()
    var trees: [Digest: Int] = [:]
    if let (identity, sources) = try identity(key) {
      census.note(key, identity, sources, trees: &trees)
    }
    for (number, record) in try attempts(key).enumerated() {
      census.note(key, attempt: number, ResultRow(record), bytes: 0)
      census.steps[key]?.objects += record.objects.map(\.digest)
    }
    for (tree, size) in trees { census.steps[key]?.inputs += members(ofTree: tree, size: size) }
    return census.steps[key]
  }

  private func count(objectsOf census: inout Census) throws(StoreError) {
    for shard in try files.namesIfPresent(root + "/objects") {
      for name in try files.namesIfPresent("\(root)/objects/\(shard)") {
        guard let digest = Digest(hex: shard + name) else { continue }
        // One that is removed meanwhile is left out.
        guard let holding = try holding(ofObject: digest) else { continue }
        census.objects[digest] = holding
      }
    }
  }

  private func count(leftoversOf census: inout Census) throws(StoreError) {
    for name in try files.namesIfPresent(folder.quarantineFolder) {
      census.leftovers["quarantine/" + name] = try folder.holding("\(folder.quarantineFolder)/\(name)")
    }
    for name in try files.namesIfPresent(folder.fetchesFolder) {
      census.leftovers["fetches/" + name] = try folder.holding("\(folder.fetchesFolder)/\(name)")
    }
    for name in try files.namesIfPresent(folder.temporaryFolder) {
      guard let owner = ProcessIdentity(name: name), owner.isKnownToBeGone else { continue }
      census.leftovers["tmp/" + name] = try folder.holding("\(folder.temporaryFolder)/\(name)")
    }
  }

  /// The size and time of an object; nil when it is not there.
  func holding(ofObject digest: Digest) throws(StoreError) -> Holding? {
    do {
      var holding = Holding()
      holding.add(try files.status(objects.path(of: digest)))
      return holding
    } catch let error where error.isAbsent { return nil }
  }
}
