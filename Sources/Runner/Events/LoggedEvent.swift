/// An event with the moment at which it was logged: one line of a run's log.
package struct LoggedEvent: Codable, Sendable {
  /// Seconds since 1970.
  package let time: Double
  package let event: Event
  package init(time: Double, event: Event) {
    self.time = time
    self.event = event
  }
}
