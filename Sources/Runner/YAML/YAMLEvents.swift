internal import CYAML

/// One event of libyaml. Offsets are in characters.
struct YAMLEvent {
  enum Kind {
    case documentStart
    case documentEnd
    case streamEnd
    case alias(String)
    case scalar(String, quoted: Bool)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }
  let kind: Kind
  let anchor: String?
  let tag: String?
  let start: Int
  let end: Int
}

/// The events of one text, which must be valid UTF-8 without a byte-order mark. This file alone imports libyaml.
final class YAMLEventReader {
  // The parser holds a pointer to itself, so it must not move.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) {
    input = .allocate(capacity: max(bytes.count, 1))
    _ = input.initialize(from: bytes)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else { fatalError("libyaml: out of memory") }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event; the start of the stream is passed over.
  func next() throws(YAMLSyntaxError) -> YAMLEvent {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
      defer { yaml_event_delete(&event) }
      if let result = convert(event) { return result }
    }
  }

  private func convert(_ event: yaml_event_t) -> YAMLEvent? {
    let make = { (kind: YAMLEvent.Kind, anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?) in
      YAMLEvent(
        kind: kind, anchor: anchor.map { String(cString: $0) }, tag: tag.map { String(cString: $0) },
        start: event.start_mark.index, end: event.end_mark.index)
    }
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return make(.documentStart, nil, nil)
    case YAML_DOCUMENT_END_EVENT: return make(.documentEnd, nil, nil)
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return make(.streamEnd, nil, nil)
    case YAML_ALIAS_EVENT: return make(.alias(String(cString: event.data.alias.anchor)), nil, nil)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE
      return make(.scalar(text, quoted: quoted), scalar.anchor, scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      return make(.sequenceStart, event.data.sequence_start.anchor, event.data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT: return make(.sequenceEnd, nil, nil)
    case YAML_MAPPING_START_EVENT:
      return make(.mappingStart, event.data.mapping_start.anchor, event.data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT: return make(.mappingEnd, nil, nil)
    default: return nil
    }
  }

  private func failure() -> YAMLSyntaxError {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "not YAML"
    guard state.error != YAML_READER_ERROR else {
      // A reader error knows its offset in bytes; the text is UTF-8, so its characters can be counted.
      let characters = input.prefix(Int(state.problem_offset)).count { $0 & 0xC0 != 0x80 }
      return YAMLSyntaxError(problem: problem, offset: characters, context: nil)
    }
    let context = state.context.map { (String(cString: $0), Int(state.context_mark.index)) }
    return YAMLSyntaxError(problem: problem, offset: state.problem_mark.index, context: context)
  }
}
