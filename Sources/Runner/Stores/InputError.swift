package import Compression

/// An input file whose compressed bytes have no content.
package struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  package let path: String
  package let reason: CompressionError
  package var description: String { "cannot read '\(path)': \(reason)" }
}
