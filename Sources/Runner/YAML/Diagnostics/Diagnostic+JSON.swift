package import JSON

extension Diagnostic {
  /// The finding for programs. `suggestion` and `help` are null where there is none.
  package var json: JSON {
    .object([
      ("severity", .string(severity.rawValue)), ("message", .string(message)),
      ("file", .string(position.file)), ("line", .int(position.line)), ("column", .int(position.column)),
      ("length", .int(length)), ("suggestion", suggestion.map(JSON.string) ?? .null),
      ("help", help.map(JSON.string) ?? .null), ("notes", .array(notes.map(\.json))),
      ("count", .int(count)),
    ])
  }
}

extension Diagnostic.Note {
  var json: JSON {
    .object([
      ("message", .string(message)), ("file", .string(position.file)), ("line", .int(position.line)),
      ("column", .int(position.column)), ("length", .int(length)),
    ])
  }
}
