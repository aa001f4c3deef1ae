import Artifacts
import JSON
import Manual
import Sessions
import Stages
import Texts

/// The keys of a pipeline file, with the words that its schema has for them.
enum Grammar {
  struct Key: Sendable {
    let name: String
    let help: String
  }

  private static let schema: JSON = {
    let registry = StageRegistry.builtIn
    let text = PipelineSchema.json(declarations: registry.declarations, formats: registry.formats)
    guard let schema = try? JSON(parsing: Array(text.utf8)) else { preconditionFailure("the schema is no JSON") }
    return schema
  }()

  private static func properties(_ definition: String? = nil) -> [Key] {
    let place = definition.map { schema["$defs"]?[$0] } ?? schema
    return place?["properties"]?.members?.map { Key(name: $0.key, help: $0.value["description"]?.string ?? "") } ?? []
  }

  private static let port = [
    Key(name: "from", help: "The source, or a list of sources, that the port reads."),
    Key(name: "over", help: "By role, the axes over which all items are gathered."),
    Key(name: "of", help: "The choice that names the one item to read."),
  ]

  /// The keys of the map at a path that are the same in every pipeline; none for a map of names.
  static func keys(at path: [String]) -> [Key] {
    switch (path.first, path.count) {
    case (nil, _): properties()
    case ("inputs", 2): properties("file") + properties("collection")
    case ("inputs", 4) where path[2] == "items": properties("file").filter { $0.name != "for" }
    case ("stages", 2): properties("stage")
    case ("stages", 3) where path[2] == "resources": properties("resources")
    case ("stages", 4) where path[2] == "in": port
    default: []
    }
  }
}
