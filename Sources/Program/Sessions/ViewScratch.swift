package import Stores

/// A scratch folder that is made on first use and removed with its owner.
package final class ViewScratch {
  private var folder: ScratchFolder?

  package init() {}

  package func path(in store: Store) throws -> String {
    if let folder { return folder.path }
    // A store that cannot be written can be looked at all the same.
    let made: ScratchFolder
    do { made = try ScratchFolder(in: store) } catch { made = try ScratchFolder() }
    folder = made
    return made.path
  }

  deinit { folder?.remove() }
}
