import Glibc

/// Swift strings as the pointers that system calls take.
package enum Strings {
  /// Calls `body` with the strings, ended by a null pointer, which are gone after it.
  package static func withPointers<R>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
  }
}
