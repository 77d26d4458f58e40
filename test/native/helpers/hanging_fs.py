"""hanging_fs.py FOLDER: a file system (FUSE) with one file, at whose close it does not answer.

Says "ready" when it is mounted, and "hangs" when somebody waits for the first answer that is held back; every later
close is answered. A line on standard input, or its end, ends it: whoever waits goes on. Only root can mount it.
"""
import ctypes
import os
import select
import struct
import sys

LOOKUP, FORGET, GETATTR, OPEN, RELEASE, FLUSH, INIT, FORGET_MANY = 1, 2, 3, 14, 18, 25, 26, 42
NO_SUCH_CALL = 38
ROOT, FILE = 1, 2
DETACH = 2

folder = os.fsencode(sys.argv[1])
os.makedirs(folder, exist_ok=True)
libc = ctypes.CDLL(None, use_errno=True)
device = os.open('/dev/fuse', os.O_RDWR)
options = b'fd=%d,rootmode=40000,user_id=0,group_id=0' % device
if libc.mount(b'hanging', folder, b'fuse', 0, options) != 0:
    sys.exit('mount: ' + os.strerror(ctypes.get_errno()))
print('ready', flush=True)


def answer(request, data=b'', error=0):
    os.write(device, struct.pack('<IiQ', 16 + len(data), -error, request) + data)


def attributes(node):
    mode = 0o40755 if node == ROOT else 0o100644
    return struct.pack('<6Q10I', node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


held = None
while True:
    ready = select.select([0, device], [], [])[0]
    if 0 in ready:
        break
    _, call, request, node = struct.unpack('<IIQQ', os.read(device, 1 << 18)[:24])
    if call == INIT:
        answer(request, struct.pack('<4I2H2I2H28x', 7, 31, 65536, 0, 12, 10, 131072, 1, 32, 0))
    elif call == LOOKUP:
        answer(request, struct.pack('<4Q2I', FILE, 0, 60, 60, 0, 0) + attributes(FILE))
    elif call == GETATTR:
        answer(request, struct.pack('<Q2I', 60, 0, 0) + attributes(node))
    elif call == OPEN:
        answer(request, struct.pack('<Q2I', 1, 0, 0))
    elif call == FLUSH and held is None:
        held = request
        print('hangs', flush=True)
    elif call in (FLUSH, RELEASE):
        answer(request)
    elif call not in (FORGET, FORGET_MANY):
        answer(request, error=NO_SUCH_CALL)
if held is not None:
    answer(held)
libc.umount2(folder, DETACH)
