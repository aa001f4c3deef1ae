/// The entries of a text by its indentation and brackets, whether it is right YAML or not: where names stand, and what
/// encloses a place. A value is known by its bytes; what it means is for the planner.
package struct Outline: Sendable {
  /// A `key: value`, or an item of a list, which has no key.
  package struct Entry: Sendable {
    package let key: String?
    /// The bytes of the key; of an item none.
    package let keyRange: Range<Int>
    package let parent: Int
    /// The bytes of a value on one line, quotes included; nil where entries follow, or nothing.
    package internal(set) var value: Range<Int>?
    /// The value without its quotes.
    package internal(set) var text: String?
    package internal(set) var children: [Int] = []
    /// The end of all that belongs to it.
    package internal(set) var end: Int
  }

  /// The place of a cursor in the text before it.
  package struct Cursor: Sendable {
    /// The entry in whose map or list it stands.
    package let container: Int
    /// The entry whose value is written; nil: a key is.
    package let valueOf: Int?
    /// The beginning of the word before it.
    package let start: Int
  }

  /// The first is the whole text.
  package internal(set) var entries: [Entry]

  /// The keys from the top down to an entry; items have none.
  package func path(_ entry: Int) -> [String] {
    var path: [String] = []
    var place = entry
    while place > 0 {
      if let key = entries[place].key { path.insert(key, at: 0) }
      place = entries[place].parent
    }
    return path
  }

  /// The entry of that key in another; of keys that stand twice the first.
  package func child(_ key: String, of entry: Int) -> Int? { entries[entry].children.first { entries[$0].key == key } }

  /// The entry at a path of keys.
  package func entry(_ path: [String]) -> Int? {
    path.reduce(0 as Int?) { place, key in place.flatMap { child(key, of: $0) } }
  }
  package func entry(_ path: String...) -> Int? { entry(path) }

  /// The children of the entry at a path of keys that have a key.
  package func named(_ path: String) -> [Int] {
    entry(path).map { entries[$0].children.filter { entries[$0].key != nil } } ?? []
  }

  /// The value at a key of an entry.
  package func text(_ key: String, of entry: Int) -> String? { child(key, of: entry).flatMap { entries[$0].text } }

  /// The entry whose key or value is at an offset, the end of it included.
  package func entry(at offset: Int) -> Int? {
    var found: Int?
    for (place, entry) in entries.enumerated().dropFirst() {
      if entry.key != nil, entry.keyRange.lowerBound...entry.keyRange.upperBound ~= offset { found = place }
      if let value = entry.value, value.lowerBound...value.upperBound ~= offset { found = place }
    }
    return found
  }

  /// An entry and all that are below it.
  package func all(below entry: Int) -> [Int] { [entry] + entries[entry].children.flatMap { all(below: $0) } }

  /// The bytes of a text within its quotes, if it has any.
  package static func inner(_ value: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
    guard value.count >= 2, let first = bytes[value].first, first == 0x22 || first == 0x27, bytes[value].last == first
    else { return value }
    return value.lowerBound + 1..<value.upperBound - 1
  }
}
