import Artifacts
package import YAML

/// A pipeline file after its shape has been checked, before any name has been looked up.
package struct PipelineSyntax {
  /// One entry of `params`.
  package struct Param {
    package let name: Name
    package var value: Term
  }

  /// One input with its name, or an item of a collection.
  package struct Input {
    package let name: Name
    package var file: File
  }

  /// One input file: as written at an input, or at an item of a collection.
  package struct File {
    package var root: Term?
    package var path: Term?
    package var url: Term?
    package var sha256: Term?
    package var result: Term?
    package var output: Term?
    package var kind: Term?
    package var format: Term?
    package var options: [(name: Name, value: Term)] = []
    /// Names of the options that are written as a map.
    package var maps: Set<String> = []
    package let span: Span
  }

  /// An entry of `inputs` that stands for several, one for each item of its axis.
  package struct Collection {
    package let name: Name
    package let axis: Name
    package var items: [Input] = []
    /// The values that `for` of an input states instead of items, which stand behind the axis's name in the file.
    package var series: (values: AxisItems, file: File)?
  }

  /// One entry of `stages`.
  package struct Stage {
    package let name: Name
    package var stage: Name?
    package var axes: [(name: Name, items: AxisItems)] = []
    package var parameters: [(name: Name, value: Term)] = []
    /// References in `with` to axes whose items are maps of parameters.
    package var records: [Term] = []
    package var ports: [(name: Name, value: PortTerm)] = []
    package var resources: [(name: Name, value: Term)] = []
    /// Whether a part could not be read, so that keys that seem to be missing may be there.
    package var isPartial = false
  }

  /// The text behind a name in `for`.
  package enum AxisItems {
    /// A list or a reference.
    case term(Term)
    /// id: value.
    case map([(id: Name, value: Term)], Span)
    /// id: { field: value }.
    case records([(id: Name, fields: [(name: Name, value: Term)])], Span)
  }

  /// The text behind a port in `in`.
  package enum PortTerm {
    case one(Term)
    case gather(from: Term, over: [(role: Name, ids: [GatheredID])], Span)
    /// The item of an array that a choice names.
    case chosen(from: Term, of: Term)
    /// `from` alone, at the place of the port.
    case from(Term, Span)
    /// The parts of a list, none of them a list.
    indirect case several([PortTerm], Span)
    case broken(Span)
  }

  /// An id of what is gathered.
  package enum GatheredID {
    /// That on an axis of the source.
    case axis(Name)
    /// One for all of the source, under the name of an axis that other sources have.
    case constant(axis: Name, id: Name)

    package var axis: Name {
      switch self {
      case .axis(let axis), .constant(let axis, _): axis
      }
    }
  }

  package var name: Name?
  package var params: [Param] = []
  package var inputs: [Input] = []
  package var collections: [Collection] = []
  package var stages: [Stage] = []
}
