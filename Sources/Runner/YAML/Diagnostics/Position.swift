/// A place in a file: line and column count from 1, in characters.
package struct Position: Hashable, Sendable, Encodable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int
  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
  package var description: String { "\(file):\(line):\(column)" }
}
