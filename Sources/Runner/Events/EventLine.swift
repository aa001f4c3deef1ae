import JSON
import System

/// An event as one line of JSON, with the moment.
package enum EventLine {
  /// The line of an event that happens now, without its end.
  package static func encode(_ event: Event) -> String { encode(LoggedEvent(time: Clock.wall(), event: event)) }

  /// The line of an event, without its end.
  package static func encode(_ logged: LoggedEvent) -> String {
    let line = JSONLines.encode(logged)
    return String(decoding: line.dropLast(), as: UTF8.self)
  }
}
