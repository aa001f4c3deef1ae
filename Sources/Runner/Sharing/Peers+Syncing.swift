import Artifacts
import Remotes

extension Peers {
  /// The news of a look at all remotes.
  package struct News {
    /// Pushes that are new here.
    package internal(set) var pushes = 0
    /// By lab that is not trusted at all, how many of its pushes were left unread.
    package internal(set) var strangers: [String: Int] = [:]
  }

  /// Most pushes that are read of a remote at a time.
  private static let most = 10_000

  /// Whether a remote was never looked at from this store with the keys that are trusted now.
  package func hasNewRemotes() throws -> Bool {
    let signers = try peers.isEmpty ? .zero : trust.state()
    return peers.contains { !shelf.hasSeen($0.remote.name, signers) }
  }

  /// Looks once for pushes that are not known yet, and keeps their claims: one request for each remote, four for each
  /// new push of a lab that is trusted.
  @discardableResult
  package func synchronize() throws -> News {
    var news = News()
    if hasLooked { return news } else { hasLooked = true }
    let signers = try trust.state()
    for peer in peers.indices {
      let (tags, place) = (tags(of: peer), peers[peer].remote.name)
      guard !peers[peer].isDown else {
        // A look that failed was one too: only runs and plans try again.
        shelf.note(tags: shelf.tags(seenAt: place), seenAt: place, with: signers)
        continue
      }
      try tellRollback(peer, tags, signers)
      let known = Set(try shelf.digests().map { String($0.hex.prefix(16)) })
      for tag in tags.sorted().prefix(Self.most) where !peers[peer].isDown {
        guard let name = PushName(tag: tag), !known.contains(name.digest) else { continue }
        guard trust.knows(name.lab), !shelf.isStranger(tag, signers) else {
          news.strangers[name.lab, default: 0] += 1
          continue
        }
        do {
          let push = try Push.fetch(tag, from: peers[peer].remote)
          // Nothing of claims is read, kept or told before a trusted key has signed them.
          guard try judged(push, signers).isTrusted else {
            shelf.noteStranger(tag, signers)
            news.strangers[name.lab, default: 0] += 1
            continue
          }
          try tellEquivocation(push.checkedClaims(), peer)
          guard try writing({ try shelf.put(push) }) != nil else { break }
          news.pushes += 1
        } catch let error where error is SharingError || error is RemoteError { note(error, peer) }
      }
    }
    forget()
    return news
  }

  /// Tells where a remote lacks pushes that it had.
  private func tellRollback(_ peer: Int, _ tags: Set<String>, _ signers: Digest) throws {
    let place = peers[peer].remote.name
    let before = shelf.tags(seenAt: place)
    // A push that was signed after it was made has another name.
    let names = tags.compactMap { PushName(tag: $0) }
    let gone = before.subtracting(tags).filter { tag in
      PushName(tag: tag).map { name in !names.contains { $0.isSameStatement(as: name) } } ?? true
    }
    if !gone.isEmpty {
      report(
        "the remote '\(peers[peer].name)' lacks \(gone.count == 1 ? "a push" : "\(gone.count) pushes") that it had: "
          + "somebody has removed them, or it was rolled back (\(gone.sorted()[0]))")
    }
    if before != tags || !shelf.hasSeen(place, signers) { shelf.note(tags: tags, seenAt: place, with: signers) }
  }

  /// Tells where a writer has said two things under one number, or where a push before this one is not known.
  private func tellEquivocation(_ claims: Claims, _ peer: Int) throws {
    guard claims.number > 0 else { return }
    let support = Digest.of(claims.encoded())
    var supports: Set<Digest> = []
    for digest in try shelf.digests() {
      guard let (name, known) = try shelf.statement(digest), name.writer == claims.writer, name.lab == claims.lab else {
        continue
      }
      supports.insert(known)
      if name.number == claims.number, known != support {
        report(
          "the writer \(claims.writer) of '\(claims.lab)' has made two pushes of the number \(claims.number): "
            + "it was copied, or somebody else has its key ('\(peers[peer].name)')")
      }
    }
    if claims.previous != .zero, !supports.contains(claims.previous) {
      report(
        "the remote '\(peers[peer].name)' lacks a push of '\(claims.lab)' before its number \(claims.number)")
    }
  }
}
