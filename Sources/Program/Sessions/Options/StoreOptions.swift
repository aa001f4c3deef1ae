package import ArgumentParser
import Console
package import Stores
import System

/// Options of verbs on a store alone.
package struct StoreOptions: ParsableArguments {
  package init() {}

  @Option(help: "The store. Default: BIOARC_STORE, else 'cache' in this folder or beside it.", completion: .directory)
  package var store: String?

  /// - Parameter create: whether a store is made where there is none.
  package func open(create: Bool = false) throws -> Store {
    do { return try Store(root: folder, create: create) } catch {
      throw Complaint(text: "error: \(error)", code: 2)
    }
  }

  /// In a folder of pipelines the store lies beside; one that has such a folder is a project of its own.
  package var folder: String {
    let path = Places.store(store, pipeline: nil)
    let isDefault =
      store == nil && path == Places.storeName && [path, "pipelines"].allSatisfy { FileKind($0) == .missing }
    return isDefault && FileKind("../\(path)/FORMAT") == .file ? "../\(path)" : path
  }
}
