/// A pipeline file after its shape has been checked, before any name has been looked up.
struct PipelineSyntax {
  struct Param {
    let name: Name
    var value: Term
  }

  struct Input {
    let name: Name
    var file: File
  }

  /// One input file: as written at an input, or at an item of a collection.
  struct File {
    var root: Term?
    var path: Term?
    var kind: Term?
    var format: Term?
    var options: [(name: Name, value: Term)] = []
    /// Names of the options that are written as a map.
    var maps: Set<String> = []
    let span: Span
  }

  struct Collection {
    let name: Name
    let axis: Name
    var items: [Input] = []
    /// The values that `for` of an input states instead of items, which stand behind the axis's name in the file.
    var series: (values: AxisItems, file: File)?
  }

  struct Stage {
    let name: Name
    var stage: Name?
    var axes: [(name: Name, items: AxisItems)] = []
    var parameters: [(name: Name, value: Term)] = []
    var ports: [(name: Name, value: PortTerm)] = []
    var resources: [(name: Name, value: Term)] = []
    /// Part of it could not be read, so that what seems to be missing may be there.
    var isPartial = false
  }

  /// What stands behind a name in `for`.
  enum AxisItems {
    /// A list or a reference.
    case term(Term)
    /// id: value.
    case map([(id: Name, value: Term)], Span)
  }

  /// What stands behind a port in `in`.
  enum PortTerm {
    case one(Term)
    case gather(from: Term, over: [(role: Name, axes: [Name])], Span)
    case broken(Span)
  }

  var name: Name?
  var params: [Param] = []
  var inputs: [Input] = []
  var collections: [Collection] = []
  var stages: [Stage] = []
}
