import Glibc
import JSON
import Synchronization
import System
import Texts

/// The talk of a server with one editor: one thread takes messages, this one answers, one reads texts, and one looks at
/// stores, so that neither typing nor a completion waits for these.
package final class Conversation: Sendable {
  private enum Event: Sendable {
    case message(JSON)
    case fault(String)
    case analysis(OpenFile.Analysis, OpenFile.Reading)
    case standing(PipelineStanding, Server.Errand)
    case end
  }

  /// Seconds in which nothing comes before texts that have changed are read.
  private static let pause = 0.2
  /// Seconds between two looks at the process that started the server.
  private static let interval = 2.0

  private let output: Int32
  private let events: Inbox<Event>
  private let readings: Inbox<OpenFile.Reading>
  private let errands: Inbox<Server.Errand>
  /// Requests that the editor has taken back, and that may still be among the events.
  private let cancelled = Mutex<Set<String>>([])

  /// Throws `SystemError` where the machine has no pipe left.
  package init(output: Int32) throws {
    self.output = output
    events = try Inbox()
    readings = try Inbox()
    errands = try Inbox()
  }

  /// Talks until the editor ends; returns the code to end the program with.
  package func run(input: Int32, _ surroundings: any Surroundings) -> Int32 {
    Threads.detach { self.read(input) }
    Threads.detach { [events, readings] in
      while let reading = readings.next() { events.post(.analysis(reading.analysis(), reading)) }
    }
    Threads.detach { [events, errands] in
      let standings = surroundings.makeStandings()
      while let errand = errands.next() { events.post(.standing(standings(errand.plan), errand)) }
    }
    return work(Server(surroundings))
  }

  private func read(_ input: Int32) {
    var frames = FrameReader()
    var buffer: [UInt8] = []
    while Descriptors.read(input, into: &buffer) {
      frames.append(buffer)
      buffer.removeAll(keepingCapacity: true)
      while let piece = frames.next() {
        switch piece {
        case .fault(let text): events.post(.fault(text))
        case .message(let body):
          do throws(JSONError) {
            let message = try JSON(parsing: body)
            if message["method"]?.string == "$/cancelRequest", let id = message["params"]?["id"] {
              _ = cancelled.withLock { $0.insert(id.line) }
            }
            events.post(.message(message))
          } catch { events.post(.fault("\(error)")) }
        }
      }
    }
    events.post(.end)
  }

  private func work(_ start: Server) -> Int32 {
    var server = start
    // When texts that have changed are read.
    var due = Double.infinity
    while server.exitCode == nil {
      let event = events.next(within: min(Self.interval, due - Clock.monotonic()))
      var replies: [JSON] = []
      switch event {
      case .message(let message)?:
        replies = answer(message, &server)
        let isTyping = message["method"]?.string == "textDocument/didChange"
        if isTyping || due == .infinity { due = server.isDue ? Clock.monotonic() + Self.pause : .infinity }
      case .fault(let text)?: replies = [Message.answer(.null, Fault(.parseError, text))]
      case .analysis(let analysis, let reading)?: replies = server.take(analysis, of: reading)
      case .standing(let standing, let errand)?: replies = server.take(standing, of: errand)
      case .end?: return server.codeAtEnd
      case nil:
        if let parent = server.parent, kill(pid_t(truncatingIfNeeded: parent), 0) != 0, errno == ESRCH { return 1 }
      }
      if Clock.monotonic() >= due {
        for reading in server.settle() { readings.post(reading) }
        due = .infinity
      }
      for reply in replies where !Descriptors.write(FrameReader.frame(reply.bytes(.line)), to: output) { return 1 }
      if let errand = server.nextErrand() { errands.post(errand) }
    }
    return server.exitCode ?? 1
  }

  private func answer(_ message: JSON, _ server: inout Server) -> [JSON] {
    if message["method"]?.string == "$/cancelRequest", let id = message["params"]?["id"] {
      _ = cancelled.withLock { $0.remove(id.line) }
    } else if let id = message["id"], message["method"] != nil, cancelled.withLock({ $0.contains(id.line) }) {
      return [Server.cancelled(id)]
    }
    return server.handle(message)
  }
}
