const adjectives = words(`
  able agile airy alert amber ample apt aware bold brave breezy bright brisk calm candid careful cheery chill
  civil clean clear clever cosy crisp curious dapper daring deft direct eager early earnest easy elated fair
  famous fancy fast festive fine firm fleet fluent fond frank free fresh fuzzy gallant gentle giddy glad
  gleeful golden good grand great green handy happy hardy hearty honest humble icy ideal jaunty jolly joyful
  keen kind lively loyal lucid lucky lunar mellow merry mighty modest neat nimble noble novel orderly patient
  peppy placid plucky polar polite prime proud quick quiet rapid ready regal robust rosy rugged sage serene
  sharp shiny silent silver simple sleek smart smooth snug solar solid sound spry stable steady stellar stoic
  sturdy subtle sunny sure swift tactful tender thrifty tidy tranquil trusty upbeat valiant vast vivid warm
  wily wise witty young zany zealous zesty zippy`)

const animals = words(`
  adder alpaca ant ape auk badger bat bear beaver bee beetle bison boar bobcat bream buck camel carp cat civet
  cobra cod condor coot coyote crab crane crow curlew deer dingo dodo dog dory dove duck eagle eel egret eider
  elk emu falcon fawn ferret finch fox frog gannet gecko gibbon gnu goat goose grebe grouse gull hare hawk
  heron hippo horse hound hyena ibex ibis iguana impala jackal jaguar jay kea kite kiwi koala kudu lark lemur
  lion lizard llama loon lynx macaw magpie marmot marten merlin mink mole moose moth mouse mule newt ocelot
  okapi orca oriole osprey otter owl ox oyster panda parrot perch petrel pigeon pika pike plover pony puffin
  puma quail rabbit ram raven ray robin rook salmon seal serval shark sheep shrew shrike skink skua skunk sloth
  snail snipe squid stoat stork swan swift tapir tern thrush tiger toad trout turtle viper vole walrus wasp
  weasel whale wombat wren yak zebra`)

/** A name for a run that was given none: `adjective-animal-number`, at most 20 characters, such as `brisk-otter-417`. */
export function randomRunName(): string {
  return `${pick(adjectives)}-${pick(animals)}-${Math.floor(Math.random() * 1001)}`
}

function pick(list: readonly string[]): string {
  return list[Math.floor(Math.random() * list.length)] ?? ''
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
