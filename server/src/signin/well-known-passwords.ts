/**
 * The words that published counts of leaked passwords are made of, for {@link isCommonPassword}. A password is compared
 * after undoing what people do to a word to please a rule (capitals, `@` for `a`, a year, an exclamation mark), so
 * each word stands for the thousands of variants in the lists; runs on the keyboard and repetitions are found by rule.
 */
const WORDS = `
password passwort passwd passw0rd pass passphrase passcode motdepasse contrasena senha parola wachtwoord haslo heslo sifre
welcome welcom willkommen bienvenue bienvenido benvenuto letmein letmeinn letmein openup opensesame openthedoor sesame
secret secrets topsecret mysecret geheim private access accessgranted login signin logon admin administrator
administrador root toor superuser superman superadmin sysadmin system manager master masterkey supervisor operator
default changeme changethis changemenow change temporary temp temppass test tester testing testtest testuser testpass
guest guestuser user username users demo demouser example sample nothing anything whatever something unknown nopassword
none null undefined empty blank trustno trustnoone trustme iloveyou iloveu iloveme ilovemyself iloveyousomuch loveyou
lovely lover loverboy lovergirl loveme lovelove mylove truelove foreverlove babygirl babyboy baby babydoll sweetie
sweetheart sweety honey honeybee sugar darling beautiful gorgeous handsome princess princesa prince queen king kingdom
princes angel angels angelina angelica heaven devil lucifer diablo demon satan jesus jesuschrist christ godisgood
godislove god blessed blessing faith hope grace spirit church prayer bible holyspirit
monkey monkeys donkey dragon dragons dragonball tiger tigger lion lionking panther leopard jaguar cougar bear
teddybear panda polarbear wolf wolverine werewolf fox dolphin dolphins shark whale eagle eagles falcon hawk phoenix
raven ravens penguin penguins turtle spider spiderman butterfly bumblebee ladybug horse horses pony unicorn rabbit
bunny kitten kitty hellokitty kittycat cat cats puppy doggy doggie dog dogs bulldog bulldogs snoopy scooby scoobydoo
garfield mickey mickeymouse minnie minniemouse donald donaldduck bugsbunny tweety simpsons homer bart simpson
batman catwoman ironman captainamerica avengers avenger marvel superhero hulk thor deadpool joker robin joker
starwars skywalker darthvader yoda startrek spock matrix neo trinity morpheus harrypotter hogwarts gryffindor dumbledore
hermione voldemort gandalf frodo legolas aragorn lordoftherings pokemon pikachu charizard naruto sasuke goku vegeta
minecraft fortnite roblox warcraft worldofwarcraft starcraft counterstrike halflife zelda mario supermario sonic
nintendo playstation xbox gamer gaming game games player player one runescape leagueoflegends diablo
football soccer baseball basketball hockey volleyball tennis golf golfer golfing rugby cricket swimming runner running
liverpool arsenal chelsea manchester manutd united barcelona realmadrid juventus milan intermilan benfica sporting
ajax celtic rangers everton tottenham cowboys steelers packers patriots redskins raiders yankees redsox lakers
celtics bulls chicago dallas texas boston newyork london paris berlin madrid america american canada australia
england scotland ireland germany deutschland france espana italia brasil mexico india pakistan indonesia philippines
russia china japan tokyo california florida hawaii brooklyn hollywood lasvegas
michael michelle jennifer jessica ashley amanda daniel matthew andrew joshua joseph christopher christian christina
nicholas nicole anthony william robert richard thomas charles charlie george jordan justin brandon benjamin samantha
samuel stephanie elizabeth victoria alexander alexandra alexandre alejandro alejandra fernando francisco gabriel
gabriela daniela carolina catherine katherine rebecca rachel heather melissa vanessa veronica patricia patrick
jonathan johnny jackson jasmine hannah hunter harley austin ashton tyler taylor morgan madison maggie buster
ginger pepper peanut cookie cookies chocolate chocolat cheese cheesecake banana orange apple apples cherry
strawberry pineapple watermelon coconut coffee starbucks cocacola pepsi budweiser whiskey tequila
sunshine sunflower sunset sunrise summer winter spring autumn fall flower flowers rainbow rose roses daisy lily
moonlight midnight starlight star stars shadow thunder lightning storm snow snowball snowflake snowman ocean
diamond diamonds crystal silver golden gold purple yellow orange green blue black white red pink
freedom liberty justice peace friend friends friendship bestfriend bestfriends forever together family brother
sister mother father mommy daddy mama papa grandma grandpa children
happy happiness happyday smile smiley lucky luckyone success winner champion champions legend hero number one
numberone awesome amazing perfect fantastic wonderful cool coolcat supercool hotstuff sexy sexygirl sexyboy
computer computers internet google facebook twitter instagram youtube microsoft windows linux ubuntu apple samsung
nokia android iphone yahoo hotmail gmail linkedin myspace amazon netflix spotify oracle cisco server network
database security secure firewall hacker hackers hacking hackme cracker cyber developer engineer student
teacher school college university doctor nurse police soldier military marine marines army navy airforce ranger
mustang corvette camaro ferrari porsche mercedes toyota honda yamaha suzuki kawasaki ducati harleydavidson
chevy chevrolet nissan subaru volkswagen audi bmw jeep truck trucker maverick
music guitar drummer metallica slipknot nirvana eminem beatles rockstar rocknroll rockandroll blink hiphop
purplerain pinkfloyd ledzeppelin ironmaiden greenday linkinpark onedirection justinbieber
birthday christmas halloween monday tuesday wednesday thursday friday saturday sunday january february march april
june july august september october november december weekend holiday vacation
money moneymoney dollar million millionaire business company office finance money
fuckyou fuckoff fuckme fucker fuck asshole bitch biatch bullshit shithead shit pussy dick bastard nigger
qwerty qwertyuiop qwertz azerty asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc wsxedc abc abcdef abcd abcdefg
correcthorsebatterystaple correcthorse hunter letmepass blahblah blah asdf zaq xsw cde mnbvcxz lkjhgfdsa poiuytrewq
`;

const COMMON_WORDS: ReadonlySet<string> = new Set(WORDS.split(/\s+/).filter((word) => word !== ''));

/** What stands in for a letter. `1` is `i` and `l`: both are tried. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '€': 'e',
  '+': 't',
};

/** Rows and columns of common keyboards, the alphabet and the digits. Read both ways. */
const TRACKS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '`1234567890-=',
  '!@#$%^&*()_+',
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '1q2w3e4r5t6y7u8i9o0p',
  'qawsedrftgyhujikolp',
  '147258369',
  '159357',
].flatMap((track) => [track, Array.from(track).reverse().join('')]);

/** Shortest run along a track that counts as one. */
const RUN_MIN = 3;

/** Other characters that may stand around a common word or between runs, and the password still be found by guessing. */
const LOOSE_MAX = 4;

/** Would one of the first millions of guesses be this? `password` of any length; the answer says nothing of strength. */
export function isCommonPassword(password: string): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  return isMonotonous(text) || isMadeOfRuns(text) || isDressedUpWord(text);
}

/** Fewer than four different characters, or one short piece again and again. */
function isMonotonous(text: string): boolean {
  const characters = Array.from(text);
  if (new Set(characters).size < 4) return true;
  const longestPiece = Math.min(4, Math.floor(characters.length / 2));
  for (let size = 1; size <= longestPiece; size += 1) {
    if (characters.every((character, index) => character === characters[index % size])) return true;
  }
  return false;
}

/** `1234qwer`, `zaq12wsx`, `abcd1234!`: runs along the tracks, with little left over. */
function isMadeOfRuns(text: string): boolean {
  let index = 0;
  let loose = 0;
  while (index < text.length) {
    const run = longestRun(text, index);
    if (run >= RUN_MIN) index += run;
    else {
      loose += 1;
      index += 1;
    }
    if (loose > LOOSE_MAX) return false;
  }
  // Mostly loose is not made of runs: `abcX9!k` has a run of three and four others.
  return text.length - loose >= loose * 2;
}

function longestRun(text: string, start: number): number {
  let longest = 0;
  for (const track of TRACKS) {
    let length = RUN_MIN;
    while (start + length <= text.length && track.includes(text.slice(start, start + length))) {
      longest = Math.max(longest, length);
      length += 1;
    }
  }
  return longest;
}

/** `P@ssw0rd2024!`, `#Summer24`, `iloveyou<3`, `passwordpassword`: a common word, or several, with little around it. */
function isDressedUpWord(text: string): boolean {
  // A year and a few marks at the end are dress; so is anything at the start that is not a letter or its stand-in.
  const undressed = text.replace(/^[^\p{L}@$€0134578]+/u, '').replace(/[^\p{L}@$€]+$/u, '');
  return [text, undressed].some((candidate) => ['i', 'l'].some((one) => isCommonWords(plainLetters(candidate, one))));
}

function plainLetters(text: string, one: string): string {
  return Array.from(text, (character) =>
    character === '1' || character === '!' ? one : (LOOKALIKES[character] ?? character),
  )
    .filter((character) => /\p{L}/u.test(character))
    .join('');
}

/** One word of the list, or at most two of them in a row, or a word with a letter or so around it. */
function isCommonWords(letters: string): boolean {
  if (COMMON_WORDS.has(letters)) return true;
  for (let cut = 3; cut <= letters.length - 3; cut += 1) {
    if (COMMON_WORDS.has(letters.slice(0, cut)) && COMMON_WORDS.has(letters.slice(cut))) return true;
  }
  return [letters.slice(1), letters.slice(0, -1)].some((shorter) => shorter.length >= 5 && COMMON_WORDS.has(shorter));
}

/** Words alone, for a test that counts them. */
export const COMMON_WORD_COUNT = COMMON_WORDS.size;
