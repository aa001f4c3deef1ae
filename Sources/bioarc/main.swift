print("bioarc")
