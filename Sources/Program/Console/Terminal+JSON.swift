import JSON

/// Output of a verb with `--json`: sorted keys, one document.
package func printJSON(_ value: some Encodable) throws {
  Terminal.print(String(decoding: try JSON.encode(value), as: UTF8.self))
}
