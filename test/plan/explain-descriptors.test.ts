import { constants } from 'node:fs';
import { expect } from 'chai';
import type { OpenFlags } from 'forkless';
import { explain, FileActions } from 'forkless';
import { golden } from './golden.js';

const O_CLOEXEC = 0o2000000;
const everyAction = () =>
  new FileActions()
    .addOpen(9, 'log', 'a', 0o640)
    .addDup2(9, 2)
    .addClose(7)
    .addChdir('/tmp')
    .addFchdir(30)
    .addClosefrom(40)
    .addInherit(31)
    .addTcsetpgrp(0);

describe('the printed plan of descriptors', () => {
  golden('has the file actions as they were added, each with its index', { fileActions: everyAction() }, [
    ' 1. keep-if-open 0',
    ' 2. keep-if-open 1',
    ' 3. open "log" as 9, O_WRONLY|O_CREAT|O_APPEND, mode 0640  (file action 0)',
    ' 4. dup2 9 to 2  (file action 1)',
    ' 5. close 7  (file action 2)',
    ' 6. chdir "/tmp"  (file action 3)',
    ' 7. fchdir 30  (file action 4)',
    ' 8. closefrom 40  (file action 5)',
    ' 9. inherit 31  (file action 6)',
    '10. tcsetpgrp 0  (file action 7)',
    '11. execve "/bin/true"',
  ]);

  describe('keeps 0–2 unless a move settles them', () => {
    const cases: [string, FileActions, number[]][] = [
      ['open', new FileActions().addOpen(0, '/dev/null', 'r'), [1, 2]],
      ['close', new FileActions().addClose(1), [0, 2]],
      ['inherit', new FileActions().addInherit(2), [0, 1]],
      ['dup2 onto itself', new FileActions().addDup2(2, 2), [0, 1]],
      ['dup2 from it settles nothing', new FileActions().addDup2(2, 9), [0, 1, 2]],
      ['fchdir and tcsetpgrp settle nothing', new FileActions().addFchdir(0).addTcsetpgrp(1), [0, 1, 2]],
      ['closefrom settles nothing', new FileActions().addClosefrom(1), [0, 1, 2]],
    ];
    for (const [title, fileActions, kept] of cases)
      it(title, () => expect(keptIn(explain('/x', ['x'], { fileActions }))).to.deep.equal(kept));

    it('a slot of fds, taken, kept or closed', () => {
      expect(keptIn(explain('/x', ['x'], { fds: [1] }))).to.deep.equal([1, 2]);
      expect(keptIn(explain('/x', ['x'], { fds: [0, 2, null] }))).to.deep.equal([]);
      expect(keptIn(explain('/x', ['x'], { fds: [1, 0, 9] }))).to.deep.equal([]);
    });

    it('with cloexecDefault nothing is kept that nobody named', () => {
      expect(keptIn(explain('/x', ['x'], { cloexecDefault: true }))).to.deep.equal([]);
    });
  });

  golden('sweeps all there is with cloexecDefault and nothing named', { cloexecDefault: true }, [
    '1. sweep 0 to the last',
    '2. execve "/bin/true"',
  ]);

  golden(
    'sweeps before everything else, around every named number, and closes what was only read',
    {
      cloexecDefault: true,
      setsid: true,
      cwd: '/',
      fds: [1, 0],
      fileActions: new FileActions().addDup2(12, 4).addOpen(9, '/x', 'w').addFchdir(30).addTcsetpgrp(31),
    },
    [
      ' 1. sweep 2 to 3',
      ' 2. sweep 5 to 8',
      ' 3. sweep 10 to 11',
      ' 4. sweep 13 to 29',
      ' 5. sweep 32 to the last',
      ' 6. setsid',
      ' 7. chdir "/"',
      ' 8. inherit 1  (fds[0])',
      ' 9. save 0  (fds[1])',
      '10. dup2 1 to 0  (fds[0])',
      '11. restore to 1  (fds[1])',
      '12. dup2 12 to 4  (file action 0)',
      '13. open "/x" as 9, O_WRONLY|O_CREAT|O_TRUNC, mode 0666  (file action 1)',
      '14. fchdir 30  (file action 2)',
      '15. tcsetpgrp 31  (file action 3)',
      '16. close 12',
      '17. close 30',
      '18. close 31',
      '19. execve "/bin/true"',
    ],
  );

  describe('closes as leftovers, with cloexecDefault,', () => {
    const cases: [string, FileActions, number[]][] = [
      ['nothing that was opened, kept or a target', actions().addOpen(3, '/x', 'r').addInherit(4), []],
      [
        'a source, unless it was kept before or after',
        actions().addDup2(5, 1).addDup2(6, 2).addInherit(6),
        [5],
      ],
      ['a number that a later close takes back', actions().addInherit(5).addClose(5), [5]],
      ['what a later closefrom takes back', actions().addInherit(3).addInherit(9).addClosefrom(4), [9]],
      ['nothing that was made anew after a close', actions().addClose(3).addOpen(3, '/x', 'r'), []],
      ['a directory and a terminal that were only used', actions().addFchdir(5).addTcsetpgrp(6), [5, 6]],
    ];
    for (const [title, fileActions, closed] of cases)
      it(title, () => {
        const text = explain('/x', ['x'], { cloexecDefault: true, fileActions });
        expect(numbersOf(text, /^ *\d+\. close (\d+)$/gm)).to.deep.equal(closed);
      });

    it('sources of fds beyond its slots', () => {
      const text = explain('/x', ['x'], { cloexecDefault: true, fds: [7, 7, 2, null] });
      expect(text).to.include('sweep 4 to 6\n').and.to.include('sweep 8 to the last\n');
      expect(numbersOf(text, /^ *\d+\. close (\d+)$/gm)).to.deep.equal([3, 7]);
    });
  });

  golden(
    'sweeps nothing above the highest number there is',
    { cloexecDefault: true, fileActions: actions().addClose(0).addClose(0x7fffffff) },
    [
      '1. sweep 1 to 2147483646',
      '2. close 0  (file action 0)',
      '3. close 2147483647  (file action 1)',
      '4. close 0',
      '5. close 2147483647',
      '6. execve "/bin/true"',
    ],
  );

  describe('spells the flags of an open', () => {
    const cases: [OpenFlags, string][] = [
      ['r', 'O_RDONLY'],
      ['rs', 'O_RDONLY|O_SYNC'],
      ['sr', 'O_RDONLY|O_SYNC'],
      ['r+', 'O_RDWR'],
      ['rs+', 'O_RDWR|O_SYNC'],
      ['sr+', 'O_RDWR|O_SYNC'],
      ['w', 'O_WRONLY|O_CREAT|O_TRUNC, mode 0666'],
      ['wx', 'O_WRONLY|O_CREAT|O_EXCL|O_TRUNC, mode 0666'],
      ['xw', 'O_WRONLY|O_CREAT|O_EXCL|O_TRUNC, mode 0666'],
      ['w+', 'O_RDWR|O_CREAT|O_TRUNC, mode 0666'],
      ['wx+', 'O_RDWR|O_CREAT|O_EXCL|O_TRUNC, mode 0666'],
      ['xw+', 'O_RDWR|O_CREAT|O_EXCL|O_TRUNC, mode 0666'],
      ['a', 'O_WRONLY|O_CREAT|O_APPEND, mode 0666'],
      ['ax', 'O_WRONLY|O_CREAT|O_EXCL|O_APPEND, mode 0666'],
      ['xa', 'O_WRONLY|O_CREAT|O_EXCL|O_APPEND, mode 0666'],
      ['as', 'O_WRONLY|O_CREAT|O_APPEND|O_SYNC, mode 0666'],
      ['sa', 'O_WRONLY|O_CREAT|O_APPEND|O_SYNC, mode 0666'],
      ['a+', 'O_RDWR|O_CREAT|O_APPEND, mode 0666'],
      ['ax+', 'O_RDWR|O_CREAT|O_EXCL|O_APPEND, mode 0666'],
      ['xa+', 'O_RDWR|O_CREAT|O_EXCL|O_APPEND, mode 0666'],
      ['as+', 'O_RDWR|O_CREAT|O_APPEND|O_SYNC, mode 0666'],
      ['sa+', 'O_RDWR|O_CREAT|O_APPEND|O_SYNC, mode 0666'],
      [0, 'O_RDONLY'],
      [constants.O_DIRECTORY | constants.O_NOFOLLOW, 'O_RDONLY|O_DIRECTORY|O_NOFOLLOW'],
      [constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY, 'O_WRONLY|O_NONBLOCK|O_NOCTTY'],
      [constants.O_RDWR | O_CLOEXEC, 'O_RDWR|O_CLOEXEC'],
      [constants.O_WRONLY | 0o20, 'O_WRONLY|020'],
    ];
    for (const [flags, text] of cases)
      it(typeof flags === 'string' ? `'${flags}'` : `0${flags.toString(8)}`, () => {
        const line = explain('/x', ['x'], { fileActions: actions().addOpen(5, 'f', flags) }).split('\n')[3];
        expect(line).to.equal(`4. open "f" as 5, ${text}  (file action 0)`);
      });
  });

  it('spells paths that are no text byte by byte', () => {
    const fileActions = actions().addChdir(Uint8Array.of(0x2f, 0xff)).addOpen(3, Buffer.from('a"b'), 'r');
    const text = explain(Uint8Array.of(0xfe), ['x'], { fileActions, cwd: Uint8Array.of(0xfd) });
    expect(text).to.include('chdir "ý"\n').and.to.include('chdir "/ÿ"  (file action 0)\n');
    expect(text).to.include('open "a\\"b" as 3,').and.to.include('execve "þ"\n');
  });
});

function actions(): FileActions {
  return new FileActions();
}

function keptIn(plan: string): number[] {
  return numbersOf(plan, /keep-if-open (\d+)$/gm);
}

function numbersOf(text: string, pattern: RegExp): number[] {
  return Array.from(text.matchAll(pattern), ([, number]) => Number(number));
}
