package import Artifacts
import Files
package import Remotes
package import Stores
import System

/// A lab's pushes to one remote: what of its results is there already, and the rest on its way.
package struct Pusher {
  private let store: Store
  private let remote: any Remote
  private let shelf: PushShelf
  private let lab: String
  /// 16 hexadecimal digits that stand for this store at this remote.
  private let writer: String
  /// The own pushes that the remote has, and those among them whose claims others can believe.
  private let own: [Push]
  private let claimed: [Push]

  /// Most results of one push.
  private static let most = 50_000

  /// Asks the remote what it has: one request.
  ///
  /// - Parameter signs: whether what was pushed without a signature is pushed again.
  package init(_ store: Store, to remote: any Remote, lab: String, signs: Bool = false) throws {
    (self.store, self.remote, self.lab) = (store, remote, lab)
    shelf = PushShelf(store)
    writer = try shelf.writer(at: remote.name)
    // A name can be given by anybody who writes there: own pushes are those that this store has made.
    let tags = try Self.tags(of: remote)
    let writer = writer
    // One that was signed there has another name.
    let names = tags.compactMap { PushName(tag: $0) }.filter { $0.writer == writer && $0.lab == lab }
    let own = try shelf.own().filter { push in names.contains { $0.isSameStatement(as: push.name) } }
    self.own = own
    claimed = signs ? own.filter { $0.signature != nil } : own
  }

  /// The pushes of a remote; none of one that is still to be made.
  private static func tags(of remote: any Remote) throws -> Set<String> {
    do throws(RemoteError) { return Set(try remote.tags()) } catch {
      if error.isAbsent { return [] }
      throw error
    }
  }

  /// Those of these steps of which the remote lacks something: they are not claimed there, or bytes of objects are here
  /// and not there.
  ///
  /// - Parameter chosen: the steps whose bytes count.
  package func news(_ keys: [Digest], objectsOf chosen: Set<Digest>) throws -> [Digest] {
    let index = ClaimIndex(claimed.map(\.text))
    let source = try ObjectSource(own)
    return try keys.filter { key in
      guard let row = try store.row(key), row.support == nil else { return false }
      // The last word of a writer counts.
      let last = index[key].max { claimed[$0.push].name.number < claimed[$1.push].name.number }
      guard let last, try index.claim(last).outcome.agrees(with: row) else { return true }
      guard chosen.contains(key) else { return false }
      let objects = try row.objects ?? store.result(key)?.objects.map(\.digest) ?? []
      return try objects.contains { try source[$0].isEmpty && store.contains($0) }
    }
  }

  /// The counts of what `push` would write, as `Outgoing.preview` has them.
  package func preview(
    _ keys: [Digest], objectsOf chosen: Set<Digest>, isRepairing: Bool = false
  ) throws -> Outgoing.Summary {
    let known = isRepairing ? [:] : try Self.known(own)
    return try Outgoing(store, to: remote, known: known, isRepairing: isRepairing, progress: { _ in })
      .preview(keys, objectsOf: chosen)
  }

  /// Writes results, in as many pushes as it takes.
  ///
  /// - Parameters:
  ///   - chosen: the steps whose bytes go too.
  ///   - now: seconds since 1970.
  ///   - isRepairing: whether blobs that are there are written anew.
  ///   - sign: the signature of the claims' text, or nil.
  package func push(
    _ keys: [Digest], objectsOf chosen: Set<Digest>, now: Double, isRepairing: Bool = false,
    sign: ([UInt8]) throws -> [UInt8]?, progress: @escaping (_ bytes: Int) -> Void
  ) throws -> [Outgoing.Summary] {
    var summaries: [Outgoing.Summary] = []
    var pushes = own
    if isRepairing { for push in own { try push.restore(at: remote) } }
    let sorted = keys.sorted()
    for start in stride(from: 0, to: sorted.count, by: Self.most) {
      let part = Array(sorted[start..<min(start + Self.most, sorted.count)])
      let newest = pushes.max { $0.name.number < $1.name.number }
      let number = try shelf.takeNumber(of: writer, above: newest?.name.number ?? 0)
      var outgoing = Outgoing(
        store, to: remote, known: isRepairing ? [:] : try Self.known(pushes), isRepairing: isRepairing,
        progress: progress)
      outgoing.willName = { [shelf] in try shelf.putOwn($0) }
      let (summary, push) = try outgoing.write(
        part, objectsOf: chosen,
        as: .init(
          lab: lab, writer: writer, number: number, previous: newest?.support ?? .zero, issued: UTC.text(now)),
        sign: sign)
      pushes.append(push)
      summaries.append(summary)
    }
    return summaries
  }

  private static func known(_ pushes: [Push]) throws -> [Digest: Outgoing.Known] {
    var known: [Digest: Outgoing.Known] = [:]
    for push in pushes {
      for (digest, object) in try push.locations().objects {
        guard let layer = push.manifest.layers.first(where: { $0.digest == object.place.blob }) else { continue }
        known[digest] = .init(layer: layer, object: object)
      }
    }
    return known
  }
}
