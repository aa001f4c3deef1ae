/// The beginning of a file of NumPy's format 1.0 (numpy.lib.format): the magic bytes, the length of the header, and the
/// header, padded so that numbers begin at a multiple of 64.
package enum NumPyHeader {
  /// The header of a table of little-endian 32-bit floats, row by row.
  package static func bytes(rows: Int, columns: Int) -> [UInt8] {
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let length = UInt16(text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }
}
