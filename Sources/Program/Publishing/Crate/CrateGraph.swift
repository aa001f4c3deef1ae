/// The entities of a crate, each once, and which of them are examples of which formal parameter.
final class CrateGraph {
  private(set) var entities: [Entity] = []
  private var known: Set<String> = []
  /// By parameter and by example, in the order in which they were told.
  private var examples: [String: [String]] = [:]
  private var parameters: [String: [String]] = [:]
  private var pairs: Set<[String]> = []
  /// Formal parameters of which an example is a folder.
  private(set) var ofFolders: Set<String> = []

  /// Adds an entity; false where there is one of that name, which stays.
  @discardableResult
  func add(_ entity: Entity) -> Bool {
    guard known.insert(entity.id).inserted else { return false }
    entities.append(entity)
    return true
  }

  func contains(_ id: String) -> Bool { known.contains(id) }

  /// Notes that a file, a folder or a value was used as a parameter.
  func note(_ example: String, of parameter: String, isFolder: Bool = false) {
    if isFolder { ofFolders.insert(parameter) }
    guard pairs.insert([example, parameter]).inserted else { return }
    examples[parameter, default: []].append(example)
    parameters[example, default: []].append(parameter)
  }

  /// The entities with what was noted about them, in the order in which they were added.
  var complete: [Entity] {
    entities.map { entity in
      var entity = entity
      entity.refer("workExample", examples[entity.id] ?? [])
      entity.refer("exampleOfWork", parameters[entity.id] ?? [])
      return entity
    }
  }
}
