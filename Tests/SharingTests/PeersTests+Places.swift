import Artifacts
import Files
import Remotes
import Stores

@testable import Sharing

extension PeersTests {
  static func remote() -> any Remote { FolderRemote.open("/remote", MemoryFileSystem()) }

  static func push(
    _ store: Store, _ keys: [Digest], to remote: any Remote, lab: String = "lab-a", signer: Signer? = nil
  ) throws -> [Outgoing.Summary] {
    let pusher = try Pusher(store, to: remote, lab: lab, signs: signer != nil)
    let news = try pusher.news(keys, objectsOf: Set(keys))
    return try pusher.push(
      news, objectsOf: Set(keys), now: 1_790_000_000, sign: { try signer?.sign($0) }, progress: { _ in })
  }

  /// Peers that take all claims of a remote on a person's word, as after 'import --unsigned'.
  static func accepting(_ store: Store, _ remotes: [any Remote], _ heard: @escaping (String) -> Void = { _ in })
    throws -> Peers
  {
    let shelf = PushShelf(store)
    for remote in remotes {
      for tag in (try? remote.tags()) ?? [] {
        let push = try Push.read(tag, from: remote)
        try shelf.accept(push)
      }
    }
    return Peers(
      store, remotes.enumerated().map { Peer("remote-\($0)", $1) }, trust: Trust(signers: "/nowhere"), report: heard)
  }

  static func steps(_ keys: [Digest]) -> [ClaimedStep] { keys.map { ClaimedStep(key: $0, stage: "made") } }
}
