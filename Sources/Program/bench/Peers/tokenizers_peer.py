"""The `tokenizers` library on the words of a file, one a line: answers each command on stdin with seconds on stdout.

usage: tokenizers_peer.py WORDS VOCABULARY_SIZE
commands: train (BPE), encode (encode_batch), encode-fast (encode_batch_fast: no offsets), save PATH (the tokenizer trained)
"""
import sys
import time

import tokenizers
from tokenizers import Tokenizer, decoders, models, trainers

SPECIALS = ["[PAD]", "[UNK]", "[MASK]", "[CLS]", "[SEP]"]


def train(words, size):
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.decoder = decoders.Fuse()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIALS, show_progress=False)
    tokenizer.train_from_iterator(words, trainer)
    return tokenizer


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        words = file.read().split()
    size = int(sys.argv[2])
    tokenizer = None
    print(tokenizers.__version__, flush=True)
    for line in sys.stdin:
        command = line.split()
        start = time.perf_counter()
        if command[0] == "train":
            tokenizer = train(words, size)
        elif command[0] == "encode":
            tokenizer.encode_batch(words, add_special_tokens=False)
        elif command[0] == "encode-fast":
            tokenizer.encode_batch_fast(words, add_special_tokens=False)
        elif command[0] == "save":
            tokenizer.save(command[1])
        print(time.perf_counter() - start, flush=True)


main()
