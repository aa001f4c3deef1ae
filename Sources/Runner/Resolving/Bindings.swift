package import Artifacts

/// The keys of all steps of one node at one time, with which `why` compares. Stored as an object, so that runs
/// in which nothing changed share it; 32 bytes a step and the ids of the axes.
package struct Bindings: Sendable {
  /// The axes of the node in their order then; empty in a list of an older program, which did not name them.
  package let axes: [String]
  /// The ids on each axis, ascending.
  package let ids: [[String]]
  /// Key after key in the order of the grid; zeros for a step that has none.
  private let bytes: [UInt8]

  /// The keys of a grid of `count` steps; nil for one that has none.
  init(axes: [String], ids: [[String]], count: Int, key: (Int) -> Digest?) {
    self.axes = axes
    self.ids = ids
    let none = Digest(repeatElement(0, count: 32))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * count)
    for item in 0..<count { (key(item) ?? none).append(to: &bytes) }
    self.bytes = bytes
  }

  /// The number of steps, those without a key included.
  package var count: Int { bytes.count / 32 }

  /// The key of the step of that name; where its ids are not known, the first key that there is.
  package func key(_ step: StepName) -> Digest? {
    guard step.ids != nil else { return (0..<count).lazy.compactMap(key(at:)).first }
    return item(step).flatMap(key(at:))
  }

  /// The place in the grid of the step of that name; nil where its ids are not known, or there is none.
  package func item(_ step: StepName) -> Int? {
    guard let names = step.ids(on: axes), names.count == ids.count else { return nil }
    var item = 0
    for (id, all) in zip(names, ids) {
      guard let index = all.place(of: id) else { return nil }
      item = item * all.count + index
    }
    return item
  }

  /// The ids of the step at that place of the grid, in the order of the axes.
  package func ids(at item: Int) -> [String] {
    var (rest, result) = (item, [String]())
    for axis in ids.reversed() {
      result.append(axis[rest % axis.count])
      rest /= axis.count
    }
    return result.reversed()
  }

  /// The key of the step at that place of the grid.
  package func key(at item: Int) -> Digest? {
    guard item < count else { return nil }
    let key = Digest(bytes[32 * item..<32 * item + 32])
    return bytes[32 * item..<32 * item + 32].allSatisfy { $0 == 0 } ? nil : key
  }

  /// The address of the step at that place of the grid.
  package func address(of node: String, at item: Int) -> String {
    let items = ids(at: item).enumerated().map { place, id in (axes.isEmpty ? "" : axes[place] + "=") + id }
    return items.isEmpty ? node : "\(node)[\(items.joined(separator: ","))]"
  }

  /// The canonical encoding: the object that a run's log names.
  package func encoded() -> [UInt8] {
    Canonical.list([
      .string(Self.format), .list(axes.map(Canonical.string)), .list(ids.map { .list($0.map(Canonical.string)) }),
      .bytes(bytes),
    ]).encoded()
  }

  private static let format = "bioarc-bindings/3"
  /// The format of lists without the names of the axes.
  private static let olderFormat = "bioarc-bindings/2"

  /// Decodes a list of this format or the older one. Throws `CanonicalError` for other bytes.
  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    let isOlder = fields.first == .string(Self.olderFormat)
    guard fields.count == (isOlder ? 3 : 4), isOlder || fields[0] == .string(Self.format) else {
      throw CanonicalError(offset: 0, reason: "not a binding list")
    }
    axes = isOlder ? [] : try Self.strings(fields[1])
    var ids: [[String]] = []
    for axis in try fields[fields.count - 2].list() { ids.append(try Self.strings(axis)) }
    self.ids = ids
    self.bytes = try fields[fields.count - 1].bytes()
    guard isOlder || axes.count == ids.count else {
      throw CanonicalError(offset: 0, reason: "not one name for each axis")
    }
    // The product stops beyond the number of bytes: many short axes make one that overflows.
    let count = ids.reduce(1) { $0 > self.bytes.count ? $0 : $0 * $1.count }
    guard count <= self.bytes.count, self.bytes.count == 32 * count else {
      throw CanonicalError(offset: 0, reason: "not one key for each step")
    }
  }

  private static func strings(_ list: Canonical) throws(CanonicalError) -> [String] {
    var strings: [String] = []
    for item in try list.list() { strings.append(try item.string()) }
    return strings
  }
}
